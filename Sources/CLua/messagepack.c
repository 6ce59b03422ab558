// The library `cmsgpack`: values of Lua as MessagePack (https://github.com/msgpack/msgpack), in the
// shortest forms. A table whose keys are 1 … n is an array, another one a map; what MessagePack
// does not know, and what is nested too deeply, is nil.
#include "interpreter.h"
#include <limits.h>
#include <math.h>
#include <string.h>

// Tables within tables that are packed.
enum { nesting_max = 16 };

// MARK: Packing

// The text that is made, as pieces on Lua's stack would be in the way of what is packed.
struct packing {
    lua_State *lua;
    struct bytes *out;
};

static void add(struct packing *self, const void *bytes, size_t count) {
    // Tables that stand in several places make much out of little.
    if (self->out->count + count > interpreter_of(self->lua)->memory_max)
        luaL_error(self->lua, "not enough memory");
    bytes_append(self->out, bytes, count);
}

// A byte that says what follows, and a number of so many bytes, most significant first.
static void add_number(struct packing *self, unsigned char type, uint64_t value, size_t size) {
    unsigned char bytes[9] = {type};
    for (size_t i = 0; i < size; i++) bytes[1 + i] = (unsigned char)(value >> (8 * (size - 1 - i)));
    add(self, bytes, 1 + size);
}

static void pack_integer(struct packing *self, int64_t value) {
    if (value >= 0) {
        if (value <= 127) add_number(self, (unsigned char)value, 0, 0);
        else if (value <= 0xff) add_number(self, 0xcc, (uint64_t)value, 1);
        else if (value <= 0xffff) add_number(self, 0xcd, (uint64_t)value, 2);
        else if (value <= 0xffffffffll) add_number(self, 0xce, (uint64_t)value, 4);
        else add_number(self, 0xcf, (uint64_t)value, 8);
    } else if (value >= -32) add_number(self, (unsigned char)value, 0, 0);
    else if (value >= -128) add_number(self, 0xd0, (uint64_t)value, 1);
    else if (value >= -32768) add_number(self, 0xd1, (uint64_t)value, 2);
    else if (value >= -2147483648ll) add_number(self, 0xd2, (uint64_t)value, 4);
    else add_number(self, 0xd3, (uint64_t)value, 8);
}

static void pack_number(struct packing *self, double number) {
    int fits = number >= -9223372036854775808.0 && number < 9223372036854775808.0;
    if (fits && (double)(int64_t)number == number) {
        pack_integer(self, (int64_t)number);
        return;
    }
    float single = (float)number;
    uint32_t short_bits;
    uint64_t bits;
    memcpy(&short_bits, &single, sizeof single);
    memcpy(&bits, &number, sizeof number);
    if ((double)single == number) add_number(self, 0xca, short_bits, 4);
    else add_number(self, 0xcb, bits, 8);
}

static void pack_string(struct packing *self, const char *text, size_t count) {
    if (count < 32) add_number(self, (unsigned char)(0xa0 | count), 0, 0);
    else if (count <= 0xff) add_number(self, 0xd9, count, 1);
    else if (count <= 0xffff) add_number(self, 0xda, count, 2);
    else add_number(self, 0xdb, count, 4);
    add(self, text, count);
}

// The count of an array or a map: in the byte itself, or behind one of two.
static void add_count(
    struct packing *self, unsigned char small, unsigned char large, size_t count) {
    if (count <= 15) add_number(self, (unsigned char)(small | count), 0, 0);
    else if (count <= 0xffff) add_number(self, large, count, 2);
    else add_number(self, (unsigned char)(large + 1), count, 4);
}

// Whether the keys of the table at the top are 1 … n.
static int is_array(lua_State *lua) {
    int count = 0;
    double highest = 0;
    int top = lua_gettop(lua);
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
        double key = lua_type(lua, -2) == LUA_TNUMBER ? lua_tonumber(lua, -2) : 0;
        if (!(key > 0) || isinf(key) || key > INT_MAX || (double)(int)key != key) {
            lua_settop(lua, top);
            return 0;
        }
        if (key > highest) highest = key;
        count++;
    }
    return highest == count;
}

static void pack_top(struct packing *self, int level);

static void pack_table(struct packing *self, int level) {
    lua_State *lua = self->lua;
    size_t count = 0;
    if (is_array(lua)) {
        count = lua_objlen(lua, -1);
        add_count(self, 0x90, 0xdc, count);
        for (size_t i = 1; i <= count; i++) {
            lua_rawgeti(lua, -1, (int)i);
            pack_top(self, level + 1);
        }
        return;
    }
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) count++;
    add_count(self, 0x80, 0xde, count);
    for (lua_pushnil(lua); lua_next(lua, -2);) {
        lua_pushvalue(lua, -2);
        pack_top(self, level + 1);
        pack_top(self, level + 1);
    }
}

// Packs the value at the top and pops it.
static void pack_top(struct packing *self, int level) {
    lua_State *lua = self->lua;
    int type = lua_type(lua, -1);
    luaL_checkstack(lua, 5, "in function mp_encode_lua_type");
    if (type == LUA_TTABLE && level == nesting_max) type = LUA_TNIL;
    switch (type) {
    case LUA_TSTRING: {
        size_t count;
        const char *text = lua_tolstring(lua, -1, &count);
        pack_string(self, text, count);
        break;
    }
    case LUA_TBOOLEAN: add_number(self, lua_toboolean(lua, -1) ? 0xc3 : 0xc2, 0, 0); break;
    case LUA_TNUMBER: pack_number(self, lua_tonumber(lua, -1)); break;
    case LUA_TTABLE: pack_table(self, level); break;
    default: add_number(self, 0xc0, 0, 0);
    }
    lua_pop(lua, 1);
}

static int messagepack_pack(lua_State *lua) {
    int count = lua_gettop(lua);
    if (count == 0) return luaL_argerror(lua, 0, "MessagePack pack needs input.");
    struct bytes *out = &interpreter_of(lua)->scratch;
    struct packing packing = {lua, out};
    bytes_clear(out);
    for (int i = 1; i <= count; i++) {
        luaL_checkstack(lua, 1, "in function mp_check");
        lua_pushvalue(lua, i);
        pack_top(&packing, 0);
    }
    lua_pushlstring(lua, (const char *)out->start, out->count);
    return 1;
}

// MARK: Unpacking

struct unpacking {
    lua_State *lua;
    const unsigned char *next;
    size_t left;
};

static const unsigned char *take(struct unpacking *self, uint64_t count) {
    if (count > self->left) luaL_error(self->lua, "Missing bytes in input.");
    const unsigned char *taken = self->next;
    self->next += count;
    self->left -= count;
    return taken;
}

static uint64_t take_number(struct unpacking *self, size_t size) {
    const unsigned char *bytes = take(self, size);
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value = value << 8 | bytes[i];
    return value;
}

static void push_string(struct unpacking *self, uint64_t count) {
    const unsigned char *text = take(self, count);
    lua_pushlstring(self->lua, (const char *)text, (size_t)count);
}

static void push_float(struct unpacking *self) {
    uint32_t bits = (uint32_t)take_number(self, 4);
    float number;
    memcpy(&number, &bits, sizeof number);
    lua_pushnumber(self->lua, number);
}

static void push_double(struct unpacking *self) {
    uint64_t bits = take_number(self, 8);
    double number;
    memcpy(&number, &bits, sizeof number);
    lua_pushnumber(self->lua, number);
}

static void push_next(struct unpacking *self);

static void push_array(struct unpacking *self, uint64_t count) {
    luaL_checkstack(self->lua, 5, "in function mp_decode_to_lua_array");
    lua_newtable(self->lua);
    for (uint64_t i = 1; i <= count; i++) {
        lua_pushnumber(self->lua, (double)i);
        push_next(self);
        lua_settable(self->lua, -3);
    }
}

static void push_map(struct unpacking *self, uint64_t count) {
    luaL_checkstack(self->lua, 5, "in function mp_decode_to_lua_hash");
    lua_newtable(self->lua);
    for (uint64_t i = 0; i < count; i++) {
        push_next(self);
        push_next(self);
        lua_settable(self->lua, -3);
    }
}

static void push_next(struct unpacking *self) {
    lua_State *lua = self->lua;
    unsigned char type = *take(self, 1);
    if (type <= 0x7f) lua_pushnumber(lua, type);
    else if (type >= 0xe0) lua_pushnumber(lua, (signed char)type);
    else if (type <= 0x8f) push_map(self, type & 15);
    else if (type <= 0x9f) push_array(self, type & 15);
    else if (type <= 0xbf) push_string(self, type & 31);
    else
        switch (type) {
        case 0xc0: lua_pushnil(lua); break;
        case 0xc2: lua_pushboolean(lua, 0); break;
        case 0xc3: lua_pushboolean(lua, 1); break;
        case 0xd9: push_string(self, take_number(self, 1)); break;
        case 0xda: push_string(self, take_number(self, 2)); break;
        case 0xdb: push_string(self, take_number(self, 4)); break;
        case 0xca: push_float(self); break;
        case 0xcb: push_double(self); break;
        case 0xcc: lua_pushnumber(lua, (double)take_number(self, 1)); break;
        case 0xcd: lua_pushnumber(lua, (double)take_number(self, 2)); break;
        case 0xce: lua_pushnumber(lua, (double)take_number(self, 4)); break;
        case 0xcf: lua_pushnumber(lua, (double)take_number(self, 8)); break;
        case 0xd0: lua_pushnumber(lua, (int8_t)take_number(self, 1)); break;
        case 0xd1: lua_pushnumber(lua, (int16_t)take_number(self, 2)); break;
        case 0xd2: lua_pushnumber(lua, (int32_t)take_number(self, 4)); break;
        case 0xd3: lua_pushnumber(lua, (double)(int64_t)take_number(self, 8)); break;
        case 0xdc: push_array(self, take_number(self, 2)); break;
        case 0xdd: push_array(self, take_number(self, 4)); break;
        case 0xde: push_map(self, take_number(self, 2)); break;
        case 0xdf: push_map(self, take_number(self, 4)); break;
        default: luaL_error(lua, "Bad data format in input.");
        }
}

// Pushes up to `limit` values of the string that is the first argument, and before them where the
// next begins, unless all are wanted.
static int unpack(lua_State *lua, int limit, int offset) {
    size_t count;
    const char *text = luaL_checklstring(lua, 1, &count);
    int wants_all = limit == 0 && offset == 0;
    if (offset < 0 || limit < 0)
        return luaL_error(
            lua, "Invalid request to unpack with offset of %d and limit of %d.", offset,
            (int)count);
    if ((size_t)offset > count)
        return luaL_error(
            lua, "Start offset %d greater than input length %d.", offset, (int)count);
    struct unpacking unpacking = {
        lua, (const unsigned char *)text + offset, count - (size_t)offset};
    int values = 0;
    for (; unpacking.left > 0 && (wants_all || values < limit); values++) {
        luaL_checkstack(
            lua, 5, "too many return values at once; use unpack_one or unpack_limit instead.");
        push_next(&unpacking);
    }
    if (wants_all) return values;
    luaL_checkstack(lua, 1, "in function mp_unpack_full");
    lua_pushinteger(lua, unpacking.left == 0 ? -1 : (lua_Integer)(count - unpacking.left));
    lua_insert(lua, 2);
    return values + 1;
}

static int messagepack_unpack(lua_State *lua) { return unpack(lua, 0, 0); }

static int messagepack_unpack_one(lua_State *lua) {
    int offset = (int)luaL_optinteger(lua, 2, 0);
    lua_settop(lua, 1);
    return unpack(lua, 1, offset);
}

static int messagepack_unpack_limit(lua_State *lua) {
    int limit = (int)luaL_checkinteger(lua, 2);
    int offset = (int)luaL_optinteger(lua, 3, 0);
    lua_settop(lua, 1);
    return unpack(lua, limit, offset);
}

static const luaL_Reg functions[] = {
    {"pack", messagepack_pack},
    {"unpack", messagepack_unpack},
    {"unpack_one", messagepack_unpack_one},
    {"unpack_limit", messagepack_unpack_limit},
    {NULL, NULL},
};

int luaopen_cmsgpack(lua_State *lua) {
    lua_newtable(lua);
    for (const luaL_Reg *each = functions; each->name; each++) {
        lua_pushcfunction(lua, each->func);
        lua_setfield(lua, -2, each->name);
    }
    lua_pushliteral(lua, "cmsgpack");
    lua_setfield(lua, -2, "_NAME");
    lua_pushliteral(lua, "lua-cmsgpack 0.4.0");
    lua_setfield(lua, -2, "_VERSION");
    lua_pushliteral(lua, "Copyright (C) 2012, Salvatore Sanfilippo");
    lua_setfield(lua, -2, "_COPYRIGHT");
    lua_pushliteral(lua, "MessagePack C implementation for Lua");
    lua_setfield(lua, -2, "_DESCRIPTION");
    return 1;
}
