// The library `struct`: values as bytes of a described layout.
//
// A format is a row of options: `>` and `<` choose the order of bytes (at first the machine's);
// `!n` the greatest alignment (at first 1, `!` alone is 8); `x` is a byte of nothing; `b h l T` are
// integers of 1, 2, 8 and 8 bytes, `in` one of n (4), in upper case without a sign; `f` and `d` are
// numbers with a point; `cn` is n bytes (1), where `c0` is the whole string, or so many bytes as
// the value before says; `s` is a string that ends in a zero byte.
#include "interpreter.h"
#include <ctype.h>
#include <limits.h>
#include <string.h>

// The widest integer, bytes.
enum { integer_size_max = 32, default_alignment = 8 };

struct layout {
    const char *next;
    int is_big;
    size_t alignment;
};

// An option with its size.
struct option {
    char type;
    size_t size;
};

static struct layout begin(const char *format) {
    const uint16_t probe = 1;
    return (struct layout){format, *(const unsigned char *)&probe == 0, 1};
}

static int read_count(lua_State *lua, struct layout *layout, int usual) {
    if (!isdigit((unsigned char)*layout->next)) return usual;
    long long count = 0;
    while (isdigit((unsigned char)*layout->next)) {
        count = count * 10 + (*layout->next++ - '0');
        if (count > INT_MAX) luaL_error(lua, "integral size overflow");
    }
    return (int)count;
}

static size_t size_of(lua_State *lua, struct layout *layout, char type) {
    switch (type) {
    case 'b': case 'B': case 'x': return 1;
    case 'h': case 'H': return 2;
    case 'l': case 'L': case 'T': case 'd': return 8;
    case 'f': return 4;
    case 'c': return (size_t)read_count(lua, layout, 1);
    case 'i': case 'I': {
        int size = read_count(lua, layout, 4);
        if (size > integer_size_max)
            luaL_error(
                lua, "integral size %d is larger than limit of %d", size, integer_size_max);
        return (size_t)size;
    }
    default: return 0;
    }
}

static struct option next_option(lua_State *lua, struct layout *layout) {
    char type = *layout->next++;
    return (struct option){type, size_of(lua, layout, type)};
}

// Bytes before an option so that it stands at a multiple of its size.
static size_t padding(const struct layout *layout, struct option option, size_t position) {
    if (option.size == 0 || option.type == 'c') return 0;
    size_t unit = option.size < layout->alignment ? option.size : layout->alignment;
    return (unit - (position & (unit - 1))) & (unit - 1);
}

static void apply_control(lua_State *lua, struct layout *layout, char type) {
    switch (type) {
    case ' ': break;
    case '>': layout->is_big = 1; break;
    case '<': layout->is_big = 0; break;
    case '!': {
        int alignment = read_count(lua, layout, default_alignment);
        if (alignment <= 0 || (alignment & (alignment - 1)) != 0)
            luaL_error(lua, "alignment %d is not a power of 2", alignment);
        layout->alignment = (size_t)alignment;
        break;
    }
    default: luaL_argerror(lua, 1, lua_pushfstring(lua, "invalid format option '%c'", type));
    }
}

static int is_integer(char type) { return type != 0 && strchr("bBhHlLTiI", type) != NULL; }

// The bytes of an integer, least significant first.
static void order(unsigned char *bytes, size_t size, int is_big) {
    if (!is_big) return;
    for (size_t i = 0; i < size / 2; i++) {
        unsigned char byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

static uint64_t bits_of(double number) {
    // As the processor converts: what is below zero through a number with a sign.
    if (number < 0) return number >= -9223372036854775808.0 ? (uint64_t)(int64_t)number
                                                            : 0x8000000000000000ull;
    return number < 18446744073709551616.0 ? (uint64_t)number : 0;
}

static void add_integer(
    lua_State *lua, luaL_Buffer *out, const struct layout *layout, size_t size, int argument) {
    uint64_t value = bits_of(luaL_checknumber(lua, argument));
    unsigned char bytes[integer_size_max];
    for (size_t i = 0; i < size; i++, value >>= 8) bytes[i] = (unsigned char)value;
    order(bytes, size, layout->is_big);
    luaL_addlstring(out, (char *)bytes, size);
}

static void add_decimal(
    lua_State *lua, luaL_Buffer *out, const struct layout *layout, size_t size, int argument) {
    double number = luaL_checknumber(lua, argument);
    float single = (float)number;
    unsigned char bytes[8];
    memcpy(bytes, size == 4 ? (void *)&single : (void *)&number, size);
    order(bytes, size, layout->is_big);
    luaL_addlstring(out, (char *)bytes, size);
}

// Returns the bytes that were added.
static size_t add_string(
    lua_State *lua, luaL_Buffer *out, struct option option, int argument) {
    size_t count;
    const char *text = luaL_checklstring(lua, argument, &count);
    size_t size = option.size == 0 ? count : option.size;
    luaL_argcheck(lua, count >= size, argument + 1, "string too short");
    luaL_addlstring(out, text, size);
    if (option.type != 's') return size;
    luaL_addchar(out, '\0');
    return size + 1;
}

static int struct_pack(lua_State *lua) {
    struct layout layout = begin(luaL_checkstring(lua, 1));
    int argument = 2;
    size_t position = 0;
    // A mark between the arguments and what the buffer keeps on the stack.
    lua_pushnil(lua);
    luaL_Buffer out;
    luaL_buffinit(lua, &out);
    while (*layout.next) {
        struct option option = next_option(lua, &layout);
        size_t blank = padding(&layout, option, position);
        position += blank;
        while (blank-- > 0) luaL_addchar(&out, '\0');
        size_t size = option.size;
        if (is_integer(option.type)) add_integer(lua, &out, &layout, size, argument++);
        else if (option.type == 'f' || option.type == 'd')
            add_decimal(lua, &out, &layout, size, argument++);
        else if (option.type == 'c' || option.type == 's')
            size = add_string(lua, &out, option, argument++);
        else if (option.type == 'x') luaL_addchar(&out, '\0');
        else apply_control(lua, &layout, option.type);
        position += size;
    }
    luaL_pushresult(&out);
    return 1;
}

static void push_integer(
    lua_State *lua, const unsigned char *data, const struct layout *layout, struct option option) {
    uint64_t value = 0;
    for (size_t i = 0; i < option.size; i++)
        value = value << 8 | data[layout->is_big ? i : option.size - 1 - i];
    if (!islower((unsigned char)option.type)) {
        lua_pushnumber(lua, (double)value);
        return;
    }
    uint64_t sign = ~0ull << ((option.size * 8 - 1) & 63);
    if (value & sign) value |= sign;
    lua_pushnumber(lua, (double)(int64_t)value);
}

static void push_decimal(
    lua_State *lua, const unsigned char *data, const struct layout *layout, size_t size) {
    unsigned char bytes[8];
    memcpy(bytes, data, size);
    order(bytes, size, layout->is_big);
    float single;
    double number;
    memcpy(size == 4 ? (void *)&single : (void *)&number, bytes, size);
    lua_pushnumber(lua, size == 4 ? (double)single : number);
}

static int struct_unpack(lua_State *lua) {
    struct layout layout = begin(luaL_checkstring(lua, 1));
    size_t count;
    const char *data = luaL_checklstring(lua, 2, &count);
    size_t position = (size_t)luaL_optinteger(lua, 3, 1);
    luaL_argcheck(lua, position > 0, 3, "offset must be 1 or greater");
    position--;
    int values = 0;
    while (*layout.next) {
        struct option option = next_option(lua, &layout);
        size_t size = option.size;
        position += padding(&layout, option, position);
        luaL_argcheck(
            lua, size <= count && position <= count - size, 2, "data string too short");
        luaL_checkstack(lua, 2, "too many results");
        const unsigned char *bytes = (const unsigned char *)data + position;
        if (is_integer(option.type)) {
            push_integer(lua, bytes, &layout, option);
            values++;
        } else if (option.type == 'f' || option.type == 'd') {
            push_decimal(lua, bytes, &layout, size);
            values++;
        } else if (option.type == 'c') {
            if (size == 0) {
                if (values == 0 || !lua_isnumber(lua, -1))
                    luaL_error(lua, "format 'c0' needs a previous size");
                double wanted = lua_tonumber(lua, -1);
                size = wanted >= 0 && wanted <= (double)count ? (size_t)wanted : count + 1;
                lua_pop(lua, 1);
                values--;
                luaL_argcheck(
                    lua, size <= count && position <= count - size, 2, "data string too short");
            }
            lua_pushlstring(lua, data + position, size);
            values++;
        } else if (option.type == 's') {
            const char *end = memchr(data + position, '\0', count - position);
            if (!end) luaL_error(lua, "unfinished string in data");
            size = (size_t)(end - (data + position)) + 1;
            lua_pushlstring(lua, data + position, size - 1);
            values++;
        } else if (option.type != 'x') {
            apply_control(lua, &layout, option.type);
        }
        position += size;
    }
    lua_pushinteger(lua, (lua_Integer)position + 1);
    return values + 1;
}

static int struct_size(lua_State *lua) {
    struct layout layout = begin(luaL_checkstring(lua, 1));
    size_t position = 0;
    while (*layout.next) {
        struct option option = next_option(lua, &layout);
        position += padding(&layout, option, position);
        if (option.type == 's') luaL_argerror(lua, 1, "option 's' has no fixed size");
        if (option.type == 'c' && option.size == 0)
            luaL_argerror(lua, 1, "option 'c0' has no fixed size");
        if (!isalnum((unsigned char)option.type)) apply_control(lua, &layout, option.type);
        position += option.size;
    }
    lua_pushinteger(lua, (lua_Integer)position);
    return 1;
}

int luaopen_struct(lua_State *lua) {
    lua_createtable(lua, 0, 3);
    lua_pushcfunction(lua, struct_pack);
    lua_setfield(lua, -2, "pack");
    lua_pushcfunction(lua, struct_unpack);
    lua_setfield(lua, -2, "unpack");
    lua_pushcfunction(lua, struct_size);
    lua_setfield(lua, -2, "size");
    return 1;
}
