// The sandbox: which globals there are, and that nobody changes them.
//
// Redis marks tables as read-only inside of Lua. Debian's Lua knows no such mark, so a script sees
// a stand-in: an empty table whose metatable looks names up in the real one and refuses to set any.
// The real table is not within reach of a script: the functions of Lua's own that go around
// metatables (`rawset`, `next`, `table.insert` …) are replaced by ones that know stand-ins.
#include "interpreter.h"
#include <limits.h>
#include <math.h>
#include <string.h>

// The key, in the metatable of a stand-in, of the real table. Only its address is of meaning.
static const char real_key;
// The key of the metatable that scripts are shown.
static const char shown_key;

static int is_stand_in(lua_State *lua, int index) {
    if (!lua_istable(lua, index) || !lua_getmetatable(lua, index)) return 0;
    lua_pushlightuserdata(lua, (void *)&real_key);
    lua_rawget(lua, -2);
    int is = !lua_isnil(lua, -1);
    lua_pop(lua, 2);
    return is;
}

// Puts the real table in the place of its stand-in.
static void reveal(lua_State *lua, int index) {
    if (!is_stand_in(lua, index)) return;
    lua_getmetatable(lua, index);
    lua_pushlightuserdata(lua, (void *)&real_key);
    lua_rawget(lua, -2);
    lua_replace(lua, index);
    lua_pop(lua, 1);
}

static int refuse_with_place(lua_State *lua) {
    return luaL_error(lua, "Attempt to modify a readonly table");
}

static int refuse(lua_State *lua) {
    lua_pushliteral(lua, "Attempt to modify a readonly table");
    return lua_error(lua);
}

static int miss_global(lua_State *lua) {
    const char *name = lua_tostring(lua, -1);
    if (lua_gettop(lua) != 2)
        return luaL_error(lua, "Wrong number of arguments to luaProtectedTableError");
    if (!name)
        return luaL_error(
            lua, "Second argument to luaProtectedTableError must be a string or number");
    return luaL_error(
        lua, "Script attempted to access nonexistent global variable '%s'", name);
}

void refuse_missing(lua_State *lua) {
    lua_createtable(lua, 0, 1);
    lua_pushcfunction(lua, miss_global);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
}

void protect_table(lua_State *lua) {
    lua_createtable(lua, 0, 0);
    lua_createtable(lua, 0, 3);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_with_place);
    lua_setfield(lua, -2, "__newindex");
    lua_pushlightuserdata(lua, (void *)&real_key);
    lua_pushvalue(lua, -4);
    lua_rawset(lua, -3);
    lua_setmetatable(lua, -2);
    lua_remove(lua, -2);
}

// Shows scripts a metatable, the value at the top, for the stand-in below it. Pops it.
static void show_metatable(lua_State *lua) {
    lua_getmetatable(lua, -2);
    lua_pushlightuserdata(lua, (void *)&shown_key);
    lua_pushvalue(lua, -3);
    lua_rawset(lua, -3);
    lua_pop(lua, 2);
}

// MARK: Lua's own functions

// Each of these calls Lua's function, its first upvalue, in the end: in its own frame, so that
// errors name the same place.
static int call_own(lua_State *lua) {
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

static int with_revealed(lua_State *lua) {
    if (lua_gettop(lua) > 0) reveal(lua, 1);
    return call_own(lua);
}

static int with_changeable(lua_State *lua) {
    if (is_stand_in(lua, 1)) return refuse(lua);
    return call_own(lua);
}

// Nothing, as often as anybody likes, would be put together as often, and nobody could end that.
static int own_rep(lua_State *lua) {
    if (lua_type(lua, 1) != LUA_TSTRING || lua_objlen(lua, 1) > 0) return call_own(lua);
    (void)luaL_checkint(lua, 2);
    lua_settop(lua, 1);
    return 1;
}

// What is to stand far in front of the first element would move as many nils; likewise.
enum { moves_max = 1 << 20 };

static int own_insert(lua_State *lua) {
    if (is_stand_in(lua, 1)) return refuse(lua);
    int is_far = lua_gettop(lua) == 3 && (int)lua_tointeger(lua, 2) < -moves_max;
    if (is_far) return luaL_argerror(lua, 2, "position out of bounds");
    return call_own(lua);
}

// Lua's own counts in `int`, where a range of more than half of all numbers is a negative count that
// its check does not see: it would write far outside of the stack.
static int own_unpack(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    int first = luaL_optint(lua, 2, 1);
    int last = lua_isnoneornil(lua, 3) ? (int)lua_objlen(lua, 1) : luaL_checkint(lua, 3);
    if (first > last) return 0;
    long long count = (long long)last - first + 1;
    if (count > INT_MAX || !lua_checkstack(lua, (int)count))
        return luaL_error(lua, "too many results to unpack");
    for (long long index = first; index <= last; index++) lua_rawgeti(lua, 1, (int)index);
    return (int)count;
}

// `next` never hands out what it walks.
static int own_next(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 2);
    reveal(lua, 1);
    if (lua_next(lua, 1)) return 2;
    lua_pushnil(lua);
    return 1;
}

static int own_pairs(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_pushvalue(lua, 1);
    lua_pushnil(lua);
    return 3;
}

static int own_getmetatable(lua_State *lua) {
    luaL_checkany(lua, 1);
    if (lua_type(lua, 1) == LUA_TSTRING) {
        // That of all strings, in which scripts may not change what they share.
        lua_pushvalue(lua, lua_upvalueindex(1));
        return 1;
    }
    if (!lua_getmetatable(lua, 1)) {
        lua_pushnil(lua);
        return 1;
    }
    if (is_stand_in(lua, 1)) {
        lua_pushlightuserdata(lua, (void *)&shown_key);
        lua_rawget(lua, -2);
        return 1;
    }
    lua_getfield(lua, -1, "__metatable");
    if (lua_isnil(lua, -1)) lua_pop(lua, 1);
    return 1;
}

// As Lua's, but an error in form of a table is handed on as its text: what scripts of old expect.
static int own_pcall(lua_State *lua) {
    if (lua_gettop(lua) == 0) {
        lua_pushboolean(lua, 0);
        return 1;
    }
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    if (lua_pcall(lua, lua_gettop(lua) - 2, LUA_MULTRET, 0) != 0) {
        lua_remove(lua, 1);
        if (lua_istable(lua, -1)) {
            lua_getfield(lua, -1, "err");
            if (lua_isstring(lua, -1)) lua_replace(lua, -2);
        }
        lua_pushboolean(lua, 0);
        lua_insert(lua, 1);
    }
    return lua_gettop(lua);
}

static int loaded(lua_State *lua, int status) {
    if (status == 0) return 1;
    lua_pushnil(lua);
    lua_insert(lua, -2);
    return 2;
}

static int own_loadstring(lua_State *lua) {
    size_t count;
    const char *text = luaL_checklstring(lua, 1, &count);
    const char *name = luaL_optstring(lua, 2, text);
    return loaded(lua, load_text(lua, text, count, name));
}

// Hands on what a function, the first upvalue, returns. A blank before the first byte keeps that
// from being taken for the mark of a compiled script; the second upvalue says whether it has come.
static int read_part(lua_State *lua) {
    lua_settop(lua, 0);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_call(lua, 0, 1);
    size_t count;
    if (lua_toboolean(lua, lua_upvalueindex(2)) || lua_type(lua, 1) != LUA_TSTRING) return 1;
    const char *part = lua_tolstring(lua, 1, &count);
    if (count == 0) return 1;
    lua_pushboolean(lua, 1);
    lua_replace(lua, lua_upvalueindex(2));
    if (part[0] != LUA_SIGNATURE[0]) return 1;
    lua_pushliteral(lua, " ");
    lua_insert(lua, 1);
    lua_concat(lua, 2);
    return 1;
}

static int own_load(lua_State *lua) {
    luaL_checktype(lua, 1, LUA_TFUNCTION);
    lua_pushvalue(lua, 1);
    lua_pushboolean(lua, 0);
    lua_pushcclosure(lua, read_part, 2);
    lua_replace(lua, 1);
    return call_own(lua);
}

// MARK: Random numbers

enum { random_max = 0x7fffffff };

// drand48's generator: forty-eight bits, of which the upper thirty-one are the number.
static long next_random(struct ls_interpreter *self) {
    self->random = (self->random * 0x5deece66dull + 0xb) & 0xffffffffffffull;
    return (long)(self->random >> 17);
}

static int math_random(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    double random = (double)(next_random(self) % random_max) / (double)random_max;
    switch (lua_gettop(lua)) {
    case 0: lua_pushnumber(lua, random); break;
    case 1: {
        int upper = luaL_checkint(lua, 1);
        luaL_argcheck(lua, 1 <= upper, 1, "interval is empty");
        lua_pushnumber(lua, floor(random * upper) + 1);
        break;
    }
    case 2: {
        int lower = luaL_checkint(lua, 1), upper = luaL_checkint(lua, 2);
        luaL_argcheck(lua, lower <= upper, 2, "interval is empty");
        lua_pushnumber(lua, floor(random * ((double)upper - lower + 1)) + lower);
        break;
    }
    default: return luaL_error(lua, "wrong number of arguments");
    }
    return 1;
}

static int math_randomseed(lua_State *lua) {
    uint32_t seed = (uint32_t)luaL_checkint(lua, 1);
    interpreter_of(lua)->random = (uint64_t)seed << 16 | 0x330e;
    return 0;
}

// MARK: Closing

static const char *const removed[] = {
    "dofile", "loadfile", "print", "getfenv", "setfenv", "module", "require", "newproxy", "package",
};

static const char *const libraries[] = {
    "string", "table", "math", "coroutine", "bit", "cjson", "cmsgpack", "struct", "redis",
};

// Replaces a function of the table at the top by one that has it as its upvalue.
static void wrap(lua_State *lua, const char *name, lua_CFunction wrapper) {
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, wrapper, 1);
    lua_setfield(lua, -2, name);
}

static void set(lua_State *lua, const char *name, lua_CFunction function) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
}

static void replace_functions(lua_State *lua) {
    lua_pushvalue(lua, LUA_GLOBALSINDEX);
    wrap(lua, "rawget", with_revealed);
    wrap(lua, "rawset", with_changeable);
    wrap(lua, "setmetatable", with_changeable);
    set(lua, "pcall", own_pcall);
    set(lua, "unpack", own_unpack);
    set(lua, "loadstring", own_loadstring);
    wrap(lua, "load", own_load);
    set(lua, "next", own_next);
    lua_getfield(lua, -1, "next");
    lua_pushcclosure(lua, own_pairs, 1);
    lua_setfield(lua, -2, "pairs");

    lua_getfield(lua, -1, "table");
    wrap(lua, "insert", own_insert);
    wrap(lua, "foreach", with_revealed);
    wrap(lua, "maxn", with_revealed);
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "string");
    wrap(lua, "rep", own_rep);
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "math");
    set(lua, "random", math_random);
    set(lua, "randomseed", math_randomseed);
    lua_pop(lua, 1);

    // The metatable of strings, as a stand-in.
    lua_pushliteral(lua, "");
    lua_getmetatable(lua, -1);
    protect_table(lua);
    lua_pushcclosure(lua, own_getmetatable, 1);
    lua_setfield(lua, -3, "getmetatable");
    lua_pop(lua, 2);
}

void close_sandbox(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    for (size_t i = 0; i < sizeof removed / sizeof *removed; i++) {
        lua_pushnil(lua);
        lua_setglobal(lua, removed[i]);
    }
    replace_functions(lua);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        lua_getglobal(lua, libraries[i]);
        protect_table(lua);
        lua_setglobal(lua, libraries[i]);
    }
    // What strings find their methods in is within reach of scripts, too.
    lua_pushliteral(lua, "");
    lua_getmetatable(lua, -1);
    lua_getglobal(lua, "string");
    lua_setfield(lua, -2, "__index");
    lua_pop(lua, 2);
    // A name that is not there is an error.
    lua_pushvalue(lua, LUA_GLOBALSINDEX);
    refuse_missing(lua);
    lua_getmetatable(lua, -1);
    protect_table(lua);
    // The real globals, their metatable's stand-in; now their own.
    lua_pushvalue(lua, -2);
    protect_table(lua);
    lua_pushvalue(lua, -2);
    show_metatable(lua);
    lua_getmetatable(lua, -1);
    self->globals_metatable = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_pushvalue(lua, -1);
    lua_setfield(lua, -4, "_G");
    lua_replace(lua, LUA_GLOBALSINDEX);
    lua_pop(lua, 1);
    self->globals = luaL_ref(lua, LUA_REGISTRYINDEX);
}
