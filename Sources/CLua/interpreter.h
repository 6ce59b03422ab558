// What the parts of the interpreter share.
#pragma once
#include "CLua.h"
#include <lua5.1/lauxlib.h>
#include <lua5.1/lua.h>
#include <lua5.1/lualib.h>

// Bytes that grow at their end.
struct bytes {
    unsigned char *start;
    size_t count, capacity;
};
void bytes_append(struct bytes *self, const void *more, size_t count);
void bytes_append_text(struct bytes *self, const char *text);
// Keeps the allocation unless it is larger than what is usual.
void bytes_clear(struct bytes *self);
void bytes_free(struct bytes *self);

struct ls_interpreter {
    lua_State *lua;
    struct ls_host host;
    size_t memory, memory_max;
    // Whether memory was refused since the last whole collection of garbage.
    int is_exhausted;
    // References into the registry.
    int globals, run, handler, collect;
    // Of an interpreter for functions: what a library sees while it loads, and the metatable that
    // leads to the globals of the moment.
    int library_globals, globals_metatable;
    int runs_functions, is_loading;
    // The protocol in which commands answer to the running script, and that of its client.
    int protocol, client_protocol;
    // The collector's pause, in hundredths of what was alive.
    int pause;
    // The words of a command, and the digits of those that are numbers.
    struct ls_word *words;
    unsigned char *digits;
    size_t word_capacity;
    struct bytes reply, scratch;
    uint64_t random;
};

static inline struct ls_interpreter *interpreter_of(lua_State *lua) {
    void *self;
    (void)lua_getallocf(lua, &self);
    return self;
}

static inline struct ls_word word_of(const void *bytes, size_t count) {
    return (struct ls_word){bytes, (intptr_t)count};
}

// Compiles text; what Lua has compiled before is not taken, as it could do anything.
int load_text(lua_State *lua, const char *text, size_t count, const char *name);

// Pushes a table with the error as Redis gives it to scripts: `-CODE text` keeps its code, other
// text gets `ERR`.
void push_error(lua_State *lua, const char *text);
// The handler of errors in scripts: notes where one was raised.
int handle_error(lua_State *lua);

// Pushes what a reply says.
void push_reply(lua_State *lua, struct ls_word reply);
// Pops a value and appends it to the reply of the script.
void append_value(lua_State *lua);
// Pops what a script raised and appends it to the reply.
void append_failure(lua_State *lua, struct ls_word name);

// Pushes the table `redis`.
void push_redis(lua_State *lua, struct ls_word version, uint32_t version_number);
// The globals of libraries while they load: a small table `redis`. Notes them in the interpreter.
void make_library_globals(lua_State *lua, struct ls_word version, uint32_t version_number);
int redis_register_function(lua_State *lua);
// Ends with an error what runs too long; called each so many instructions.
enum { instructions_per_look = 100000 };
void look(lua_State *lua, lua_Debug *moment);
// Makes the absence of a name an error, in the table at the top.
void refuse_missing(lua_State *lua);

// Takes away and replaces globals, and makes all that is left read-only. Notes the table of the
// globals in `self->globals`.
void close_sandbox(lua_State *lua);
// Pushes a read-only stand-in for the table at the top, in its place.
void protect_table(lua_State *lua);

int luaopen_cmsgpack(lua_State *lua);
int luaopen_struct(lua_State *lua);
