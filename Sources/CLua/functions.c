// Libraries of functions: loaded once, called by name.
//
// While a library is loaded, its code sees no more than a small table `redis`; the functions that
// it registers see all that scripts see, but for `KEYS` and `ARGV`, which are their arguments.
#include "interpreter.h"
#include <string.h>
#include <strings.h>

// Raises an error as text with a code.
static int fail(lua_State *lua, const char *text) {
    push_error(lua, text);
    return lua_error(lua);
}

// MARK: Registering

// What a library says of a function. The texts stay on Lua's stack.
struct registration {
    struct ls_word name, description;
    int has_name, has_callback;
    // Where the callback and the table of flags stand on the stack; 0 for none.
    int callback, flags;
};

static struct ls_word text_at(lua_State *lua, int index) {
    size_t count;
    const char *text = lua_tolstring(lua, index, &count);
    return word_of(text, count);
}

// Reads one named argument: its name is at the index -2, its value at the top.
static const char *read_argument(lua_State *lua, struct registration *into) {
    if (!lua_isstring(lua, -2))
        return "named argument key given to redis.register_function is not a string";
    // A copy, since a number that is read as text becomes text where it stands.
    lua_pushvalue(lua, -2);
    const char *name = lua_tostring(lua, -1);
    int value = lua_gettop(lua) - 1;
    const char *problem = NULL;
    if (strcasecmp(name, "function_name") == 0) {
        if (!lua_isstring(lua, value))
            problem = "function_name argument given to redis.register_function must be a string";
        else into->name = text_at(lua, value), into->has_name = 1;
    } else if (strcasecmp(name, "description") == 0) {
        if (!lua_isstring(lua, value))
            problem = "description argument given to redis.register_function must be a string";
        else into->description = text_at(lua, value);
    } else if (strcasecmp(name, "callback") == 0) {
        if (!lua_isfunction(lua, value))
            problem = "callback argument given to redis.register_function must be a function";
        else into->callback = value, into->has_callback = 1;
    } else if (strcasecmp(name, "flags") == 0) {
        if (!lua_istable(lua, value))
            problem =
                "flags argument to redis.register_function must be a table representing function "
                "flags";
        else into->flags = value;
    } else {
        problem = "unknown argument given to redis.register_function";
    }
    return problem;
}

// Most named arguments that are looked at: more are not known, and each keeps three values on the
// stack.
enum { arguments_max = 16 };

static const char *read_named(lua_State *lua, struct registration *into) {
    luaL_checkstack(lua, 3 * arguments_max + 8, "too many arguments");
    int count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        const char *problem = read_argument(lua, into);
        if (problem) return problem;
        if (++count == arguments_max) return "unknown argument given to redis.register_function";
        // The key and the value stay below, so that what was read of them stays; a copy goes on.
        lua_pop(lua, 1);
        lua_pushvalue(lua, -2);
    }
    if (!into->has_name) return "redis.register_function must get a function name argument";
    if (!into->has_callback) return "redis.register_function must get a callback argument";
    return NULL;
}

static const char *read_positional(lua_State *lua, struct registration *into) {
    if (!lua_isstring(lua, 1)) return "first argument to redis.register_function must be a string";
    if (!lua_isfunction(lua, 2))
        return "second argument to redis.register_function must be a function";
    into->name = text_at(lua, 1);
    into->callback = 2;
    return NULL;
}

static const char *read_registration(lua_State *lua, struct registration *into) {
    switch (lua_gettop(lua)) {
    case 1:
        if (!lua_istable(lua, 1))
            return "calling redis.register_function with a single argument is only applicable to "
                   "Lua table (representing named arguments).";
        return read_named(lua, into);
    case 2: return read_positional(lua, into);
    default: return "wrong number of arguments to redis.register_function";
    }
}

// Most flags of a function; there are five.
enum { flags_max = 16 };

static const char *read_flags(
    lua_State *lua, int table, struct ls_word flags[flags_max], intptr_t *count) {
    luaL_checkstack(lua, flags_max + 4, "too many flags");
    for (*count = 0;; ++*count) {
        lua_rawgeti(lua, table, (int)*count + 1);
        if (lua_isnil(lua, -1)) return NULL;
        if (!lua_isstring(lua, -1) || *count == flags_max) return "unknown flag given";
        flags[*count] = text_at(lua, -1);
    }
}

int redis_register_function(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    if (!self->is_loading)
        return fail(
            lua, "redis.register_function can only be called on FUNCTION LOAD command");
    struct registration made = {{NULL, 0}, {NULL, 0}, 0, 0, 0, 0};
    const char *problem = read_registration(lua, &made);
    if (problem) return fail(lua, problem);
    struct ls_word flags[flags_max];
    intptr_t flag_count = 0;
    if (made.flags && (problem = read_flags(lua, made.flags, flags, &flag_count)))
        return fail(lua, problem);
    lua_pushvalue(lua, made.callback);
    int number = luaL_ref(lua, LUA_REGISTRYINDEX);
    struct ls_word refusal = self->host.add_function(
        self->host.context, made.name, made.description, flags, flag_count, number);
    if (!refusal.bytes) return 0;
    luaL_unref(lua, LUA_REGISTRYINDEX, number);
    lua_pushlstring(lua, (const char *)refusal.bytes, (size_t)refusal.count);
    return fail(lua, lua_tostring(lua, -1));
}

// MARK: Loading

struct loading {
    struct ls_word code;
    // What is wrong; the text is in the scratch buffer of the interpreter.
    int failed;
};

// The globals that are looked up behind the stand-in: of libraries while they load, or of
// functions.
static void show_globals(lua_State *lua, int globals) {
    lua_rawgeti(lua, LUA_REGISTRYINDEX, interpreter_of(lua)->globals_metatable);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, globals);
    lua_setfield(lua, -2, "__index");
    lua_pop(lua, 1);
}

static void note_problem(lua_State *lua, const char *beginning) {
    struct bytes *text = &interpreter_of(lua)->scratch;
    bytes_clear(text);
    bytes_append_text(text, beginning);
    if (lua_istable(lua, -1)) {
        lua_pushliteral(lua, "err");
        lua_rawget(lua, -2);
        const char *error = lua_tostring(lua, -1);
        bytes_append_text(text, error ? error : "ERR unknown error");
        lua_pop(lua, 1);
    } else {
        const char *error = lua_tostring(lua, -1);
        bytes_append_text(text, error ? error : "unknown error");
    }
}

static int load_protected(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    struct loading *loading = lua_touserdata(lua, 1);
    const char *code = (const char *)loading->code.bytes;
    if (load_text(lua, code, (size_t)loading->code.count, "@user_function") != 0) {
        loading->failed = 1;
        note_problem(lua, "Error compiling function: ");
        return 0;
    }
    show_globals(lua, self->library_globals);
    if (lua_pcall(lua, 0, 0, 0) != 0) {
        loading->failed = 1;
        note_problem(
            lua, lua_istable(lua, -1) ? "Error registering functions: "
                                      : "Error registering functions: ERR ");
    }
    return 0;
}

static int show_usual_globals(lua_State *lua) {
    show_globals(lua, interpreter_of(lua)->globals);
    return 0;
}

int ls_library_load(
    struct ls_interpreter *self, struct ls_word code, struct ls_word *problem) {
    struct loading loading = {code, 0};
    self->is_loading = 1;
    lua_sethook(self->lua, look, LUA_MASKCOUNT, instructions_per_look);
    if (lua_cpcall(self->lua, load_protected, &loading) != 0) {
        loading.failed = 1;
        bytes_clear(&self->scratch);
        bytes_append_text(&self->scratch, "Error registering functions: not enough memory");
    }
    lua_sethook(self->lua, NULL, 0, 0);
    self->is_loading = 0;
    lua_settop(self->lua, 0);
    // Both names are there already, so this takes no memory.
    if (lua_cpcall(self->lua, show_usual_globals, NULL) != 0) lua_settop(self->lua, 0);
    *problem = word_of(self->scratch.start, self->scratch.count);
    return loading.failed ? -1 : 0;
}
