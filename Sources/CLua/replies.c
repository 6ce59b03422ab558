// Replies of commands as Lua's values, and what scripts return as replies.
#include "interpreter.h"
#include <string.h>

// MARK: Replies as values

// A reply that is read; it comes from the server's own writer and is whole.
struct reader {
    const char *next;
};

static long long read_number(struct reader *self) {
    int is_negative = *self->next == '-';
    unsigned long long magnitude = 0;
    for (self->next += is_negative; *self->next != '\r'; self->next++)
        magnitude = magnitude * 10 + (unsigned long long)(*self->next - '0');
    self->next += 2;
    return is_negative ? (long long)(0 - magnitude) : (long long)magnitude;
}

static struct ls_word read_line(struct reader *self) {
    const char *start = self->next;
    while (*self->next != '\r') self->next++;
    struct ls_word line = word_of(start, (size_t)(self->next - start));
    self->next += 2;
    return line;
}

static void push_word(lua_State *lua, struct ls_word word) {
    lua_pushlstring(lua, (const char *)word.bytes, (size_t)word.count);
}

static void push_field(lua_State *lua, const char *name, struct ls_word word) {
    lua_createtable(lua, 0, 1);
    push_word(lua, word);
    lua_setfield(lua, -2, name);
}

static void push_next(lua_State *lua, struct reader *reader);

static void push_array(lua_State *lua, struct reader *reader, long long count) {
    lua_createtable(lua, (int)count, 0);
    for (long long i = 1; i <= count; i++) {
        push_next(lua, reader);
        lua_rawseti(lua, -2, (int)i);
    }
}

static void push_map(lua_State *lua, struct reader *reader, long long count) {
    lua_createtable(lua, 0, 1);
    lua_createtable(lua, 0, (int)count);
    for (long long i = 0; i < count; i++) {
        push_next(lua, reader);
        push_next(lua, reader);
        // Lua has no key nil; a command that answers with one is not known.
        if (lua_isnil(lua, -2)) lua_pop(lua, 2);
        else lua_rawset(lua, -3);
    }
    lua_setfield(lua, -2, "map");
}

static void push_set(lua_State *lua, struct reader *reader, long long count) {
    lua_createtable(lua, 0, 1);
    lua_createtable(lua, 0, (int)count);
    for (long long i = 0; i < count; i++) {
        push_next(lua, reader);
        lua_pushboolean(lua, 1);
        lua_rawset(lua, -3);
    }
    lua_setfield(lua, -2, "set");
}

// An error that a command has answered; it was counted there.
static void push_answered_error(lua_State *lua, struct ls_word text) {
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    luaL_addchar(&buffer, '-');
    luaL_addlstring(&buffer, (const char *)text.bytes, (size_t)text.count);
    luaL_pushresult(&buffer);
    push_error(lua, lua_tostring(lua, -1));
    lua_remove(lua, -2);
    lua_pushboolean(lua, 1);
    lua_setfield(lua, -2, "ignore_error_stats_update");
}

static void push_bulk(lua_State *lua, struct reader *reader) {
    long long count = read_number(reader);
    if (count < 0) {
        lua_pushboolean(lua, 0);
        return;
    }
    lua_pushlstring(lua, reader->next, (size_t)count);
    reader->next += count + 2;
}

static void push_verbatim(lua_State *lua, struct reader *reader) {
    long long count = read_number(reader);
    lua_createtable(lua, 0, 1);
    lua_createtable(lua, 0, 2);
    lua_pushlstring(lua, reader->next, 3);
    lua_setfield(lua, -2, "format");
    lua_pushlstring(lua, reader->next + 4, (size_t)count - 4);
    lua_setfield(lua, -2, "string");
    lua_setfield(lua, -2, "verbatim_string");
    reader->next += count + 2;
}

static void push_double(lua_State *lua, struct reader *reader) {
    struct ls_word text = read_line(reader);
    lua_createtable(lua, 0, 1);
    lua_pushlstring(lua, (const char *)text.bytes, (size_t)text.count);
    lua_Number value = lua_tonumber(lua, -1);
    lua_pop(lua, 1);
    lua_pushnumber(lua, value);
    lua_setfield(lua, -2, "double");
}

static void push_next(lua_State *lua, struct reader *reader) {
    luaL_checkstack(lua, 6, "reply is nested too deeply");
    char type = *reader->next++;
    long long count;
    switch (type) {
    case '+': push_field(lua, "ok", read_line(reader)); break;
    case '-': push_answered_error(lua, read_line(reader)); break;
    case ':': lua_pushnumber(lua, (lua_Number)read_number(reader)); break;
    case '$': push_bulk(lua, reader); break;
    case '*':
        count = read_number(reader);
        if (count < 0) lua_pushboolean(lua, 0);
        else push_array(lua, reader, count);
        break;
    case '%': push_map(lua, reader, read_number(reader)); break;
    case '~': push_set(lua, reader, read_number(reader)); break;
    case '_': (void)read_line(reader), lua_pushnil(lua); break;
    case '#': lua_pushboolean(lua, *read_line(reader).bytes == 't'); break;
    case ',': push_double(lua, reader); break;
    case '(': push_field(lua, "big_number", read_line(reader)); break;
    case '=': push_verbatim(lua, reader); break;
    default: luaL_error(lua, "a reply of the type '%c' has no value in Lua", type);
    }
}

void push_reply(lua_State *lua, struct ls_word reply) {
    struct reader reader = {(const char *)reply.bytes};
    push_next(lua, &reader);
}

// MARK: Values as replies

// The type, the number in digits, and the end of the line, written from its end.
static void append_head(struct bytes *out, char type, long long number) {
    char text[32], *start = text + sizeof text;
    unsigned long long rest = (unsigned long long)number;
    if (number < 0) rest = 0 - rest;
    *--start = '\n';
    *--start = '\r';
    do *--start = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) *--start = '-';
    *--start = type;
    bytes_append(out, start, (size_t)(text + sizeof text - start));
}

static void append_bulk(struct bytes *out, const char *text, size_t count) {
    append_head(out, '$', (long long)count);
    bytes_append(out, text, count);
    bytes_append(out, "\r\n", 2);
}

// A line in which ends of lines have become blanks.
static void append_line(struct bytes *out, char type, const char *text, size_t count) {
    bytes_append(out, &type, 1);
    size_t start = out->count;
    bytes_append(out, text, count);
    for (size_t i = start; i < out->count; i++)
        if (out->start[i] == '\r' || out->start[i] == '\n') out->start[i] = ' ';
    bytes_append(out, "\r\n", 2);
}

static void append_null(struct ls_interpreter *self) {
    bytes_append_text(&self->reply, self->client_protocol == 3 ? "_\r\n" : "$-1\r\n");
}

static void append_boolean(struct ls_interpreter *self, int value) {
    if (self->protocol < 3) {
        if (value) bytes_append_text(&self->reply, ":1\r\n");
        else append_null(self);
    } else if (self->client_protocol == 3) {
        bytes_append_text(&self->reply, value ? "#t\r\n" : "#f\r\n");
    } else {
        bytes_append_text(&self->reply, value ? ":1\r\n" : ":0\r\n");
    }
}

static void append_double(struct ls_interpreter *self, double value) {
    unsigned char digits[32];
    intptr_t count = self->host.number(value, digits);
    if (self->client_protocol == 3) append_line(&self->reply, ',', (char *)digits, (size_t)count);
    else append_bulk(&self->reply, (char *)digits, (size_t)count);
}

// An error line. Line ends around the text go, those inside become blanks.
static void append_error(struct ls_interpreter *self, const char *text, int is_counted) {
    size_t count = strlen(text);
    while (count && (*text == '\r' || *text == '\n')) text++, count--;
    while (count && (text[count - 1] == '\r' || text[count - 1] == '\n')) count--;
    append_line(&self->reply, '-', text, count);
    if (!is_counted) self->host.note_error(self->host.context, word_of(text, count));
}

// The field of the table at the top, when it has the type; pushed then.
static int push_own(lua_State *lua, const char *name, int type) {
    lua_pushstring(lua, name);
    lua_rawget(lua, -2);
    if (lua_type(lua, -1) == type) return 1;
    lua_pop(lua, 1);
    return 0;
}

static int is_counted(lua_State *lua) {
    lua_getfield(lua, -1, "ignore_error_stats_update");
    int is = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return is;
}

static void append_pairs(lua_State *lua, int is_set) {
    struct ls_interpreter *self = interpreter_of(lua);
    long long count = 0;
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) count++;
    int knows = self->client_protocol == 3;
    if (is_set) append_head(&self->reply, knows ? '~' : '*', count);
    else append_head(&self->reply, knows ? '%' : '*', knows ? count : count * 2);
    for (lua_pushnil(lua); lua_next(lua, -2);) {
        if (is_set) {
            lua_pop(lua, 1);
            lua_pushvalue(lua, -1);
            append_value(lua);
        } else {
            lua_pushvalue(lua, -2);
            append_value(lua);
            append_value(lua);
        }
    }
}

// A table with `verbatim_string` whose parts are there.
static int append_verbatim(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    size_t format_count, count;
    if (!push_own(lua, "format", LUA_TSTRING)) return 0;
    const char *format = lua_tolstring(lua, -1, &format_count);
    lua_pop(lua, 1);
    if (!push_own(lua, "string", LUA_TSTRING)) return 0;
    const char *text = lua_tolstring(lua, -1, &count);
    lua_pop(lua, 1);
    if (self->client_protocol != 3) {
        append_bulk(&self->reply, text, count);
        return 1;
    }
    // Three letters, whatever the script says.
    char letters[4] = "   ";
    memcpy(letters, format, format_count < 3 ? format_count : 3);
    append_head(&self->reply, '=', (long long)count + 4);
    bytes_append(&self->reply, letters, 3);
    bytes_append(&self->reply, ":", 1);
    bytes_append(&self->reply, text, count);
    bytes_append(&self->reply, "\r\n", 2);
    return 1;
}

static void append_elements(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    int count = 0;
    for (;; count++) {
        lua_rawgeti(lua, -1, count + 1);
        int is_end = lua_isnil(lua, -1);
        lua_pop(lua, 1);
        if (is_end) break;
    }
    append_head(&self->reply, '*', count);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        append_value(lua);
    }
}

// The table at the top stays.
static void append_table(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    size_t count;
    if (push_own(lua, "err", LUA_TSTRING)) {
        const char *text = lua_tostring(lua, -1);
        lua_insert(lua, -2);
        append_error(self, text, is_counted(lua));
        lua_insert(lua, -2);
    } else if (push_own(lua, "ok", LUA_TSTRING)) {
        const char *text = lua_tostring(lua, -1);
        append_line(&self->reply, '+', text, strlen(text));
    } else if (push_own(lua, "double", LUA_TNUMBER)) {
        append_double(self, lua_tonumber(lua, -1));
    } else if (push_own(lua, "map", LUA_TTABLE)) {
        append_pairs(lua, 0);
    } else if (push_own(lua, "set", LUA_TTABLE)) {
        append_pairs(lua, 1);
    } else if (push_own(lua, "big_number", LUA_TSTRING)) {
        const char *digits = lua_tolstring(lua, -1, &count);
        if (self->client_protocol == 3) {
            append_line(&self->reply, '(', digits, count);
        } else {
            append_bulk(&self->reply, digits, count);
            unsigned char *copy = self->reply.start + self->reply.count - 2 - count;
            for (size_t i = 0; i < count; i++)
                if (copy[i] == '\r' || copy[i] == '\n') copy[i] = ' ';
        }
    } else if (push_own(lua, "verbatim_string", LUA_TTABLE)) {
        int is_written = append_verbatim(lua);
        lua_pop(lua, 1);
        if (!is_written) append_elements(lua);
        return;
    } else {
        append_elements(lua);
        return;
    }
    lua_pop(lua, 1);
}

void append_value(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    size_t count;
    const char *text;
    // Tables that stand in several places make much out of little.
    if (self->reply.count > self->memory_max) luaL_error(lua, "not enough memory");
    if (!lua_checkstack(lua, 6)) {
        append_error(self, "ERR reached lua stack limit", 0);
        lua_pop(lua, 1);
        return;
    }
    switch (lua_type(lua, -1)) {
    case LUA_TSTRING:
        text = lua_tolstring(lua, -1, &count);
        append_bulk(&self->reply, text, count);
        break;
    case LUA_TBOOLEAN: append_boolean(self, lua_toboolean(lua, -1)); break;
    case LUA_TNUMBER: {
        // What no integer can be is the lowest, as the processor's conversion has it.
        double number = lua_tonumber(lua, -1);
        int fits = number >= -9223372036854775808.0 && number < 9223372036854775808.0;
        append_head(&self->reply, ':', fits ? (long long)number : INT64_MIN);
        break;
    }
    case LUA_TTABLE: append_table(lua); break;
    default: append_null(self);
    }
    lua_pop(lua, 1);
}

// MARK: Errors

void push_error(lua_State *lua, const char *text) {
    size_t count = strlen(text);
    while (count && (text[count - 1] == '\r' || text[count - 1] == '\n')) count--;
    lua_createtable(lua, 0, 1);
    int has_code = 0;
    if (*text == '-') {
        text++, count--;
        has_code = memchr(text, ' ', count) != NULL;
    }
    if (has_code) {
        lua_pushlstring(lua, text, count);
    } else {
        lua_pushliteral(lua, "ERR ");
        lua_pushlstring(lua, text, count);
        lua_concat(lua, 2);
    }
    lua_setfield(lua, -2, "err");
}

// Pushes the text of any value, as `tostring` has it.
static void push_text(lua_State *lua, int index) {
    if (luaL_callmeta(lua, index, "__tostring")) return;
    switch (lua_type(lua, index)) {
    case LUA_TNUMBER:
    case LUA_TSTRING: lua_pushvalue(lua, index); break;
    case LUA_TBOOLEAN: lua_pushstring(lua, lua_toboolean(lua, index) ? "true" : "false"); break;
    case LUA_TNIL: lua_pushliteral(lua, "nil"); break;
    default:
        lua_pushfstring(lua, "%s: %p", luaL_typename(lua, index), lua_topointer(lua, index));
    }
}

int handle_error(lua_State *lua) {
    lua_settop(lua, 1);
    lua_Debug place;
    // Where it was raised: in C, the caller is told instead.
    int knows = lua_getstack(lua, 1, &place) && lua_getinfo(lua, "nSl", &place);
    if (knows && strcmp(place.what, "C") == 0)
        knows = lua_getstack(lua, 2, &place) && lua_getinfo(lua, "nSl", &place);
    if (!lua_istable(lua, 1)) {
        lua_createtable(lua, 0, 3);
        lua_pushliteral(lua, "ERR ");
        push_text(lua, 1);
        lua_concat(lua, 2);
        lua_setfield(lua, -2, "err");
        lua_replace(lua, 1);
    }
    if (knows) {
        lua_pushstring(lua, place.source);
        lua_setfield(lua, 1, "source");
        lua_pushinteger(lua, place.currentline);
        lua_setfield(lua, 1, "line");
    }
    return 1;
}

// Appends the field of the table at the top, when it is text or a number.
static int append_field(lua_State *lua, const char *name, struct bytes *out) {
    lua_getfield(lua, -1, name);
    const char *text = lua_tostring(lua, -1);
    if (text) bytes_append_text(out, text);
    lua_pop(lua, 1);
    return text != NULL;
}

void append_failure(lua_State *lua, struct ls_word name) {
    struct ls_interpreter *self = interpreter_of(lua);
    struct bytes *text = &self->scratch;
    bytes_clear(text);
    int counted = 0;
    if (!lua_istable(lua, -1)) {
        const char *reason = lua_tostring(lua, -1);
        bytes_append_text(text, "ERR Error running script ");
        bytes_append(text, name.bytes, (size_t)name.count);
        bytes_append_text(text, ", ");
        if (!reason) reason = "execution failure";
        bytes_append(text, reason, strnlen(reason, 100));
    } else {
        counted = is_counted(lua);
        if (!append_field(lua, "err", text)) bytes_append_text(text, "ERR unknown error");
        size_t end = text->count;
        bytes_append_text(text, " script: ");
        bytes_append(text, name.bytes, (size_t)name.count);
        bytes_append_text(text, ", on ");
        int is_whole = append_field(lua, "source", text);
        bytes_append_text(text, ":");
        is_whole = append_field(lua, "line", text) && is_whole;
        bytes_append_text(text, ".");
        if (!is_whole) text->count = end;
    }
    bytes_append(text, "", 1);
    append_error(self, (const char *)text->start, counted);
    lua_pop(lua, 1);
}
