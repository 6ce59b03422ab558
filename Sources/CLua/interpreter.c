// The life of an interpreter, and the protected ways into it.
#include "interpreter.h"
#include <lua5.1/lua-bitop.h>
#include <lua5.1/lua-cjson.h>
#include <stdlib.h>
#include <string.h>

// Lua collects garbage in small steps while it allocates, and begins anew when memory has grown to
// so many hundredths of what was alive. Marking what is alive is most of the work, so that a small
// heap, which each script leaves a few values in, is allowed more garbage than a large one.
enum { small_heap = 2 << 20, pause_of_small = 1000, pause_of_large = 200 };

static void choose_pause(struct ls_interpreter *self) {
    int pause = self->memory < small_heap ? pause_of_small : pause_of_large;
    if (pause == self->pause) return;
    self->pause = pause;
    lua_gc(self->lua, LUA_GCSETPAUSE, pause);
}

// Lua's allocator: counts, and refuses what goes beyond the limit, which a script hears as the
// error "not enough memory".
static void *allocate(void *context, void *memory, size_t old, size_t new) {
    struct ls_interpreter *self = context;
    if (!memory) old = 0;
    if (new == 0) {
        free(memory);
        self->memory -= old;
        return NULL;
    }
    int fits = new <= old || new - old <= self->memory_max - self->memory;
    void *moved = fits ? realloc(memory, new) : NULL;
    if (!moved) {
        self->is_exhausted = 1;
        return NULL;
    }
    self->memory = self->memory - old + new;
    // A heap that grows inside of one run is a large one from now on.
    if (self->memory >= small_heap && self->pause == pause_of_small) choose_pause(self);
    return moved;
}

struct making {
    struct ls_word version;
    uint32_t version_number;
};

static void open_library(lua_State *lua, lua_CFunction open, const char *name) {
    lua_pushcfunction(lua, open);
    lua_pushstring(lua, name);
    lua_call(lua, 1, 0);
}

static void open_as_global(lua_State *lua, lua_CFunction open, const char *name) {
    lua_pushcfunction(lua, open);
    lua_call(lua, 0, 1);
    lua_setglobal(lua, name);
}

static int run_protected(lua_State *lua);
static int collect_protected(lua_State *lua);

// Fills a new state; under protection, since each line may find no memory.
static int furnish(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    const struct making *making = lua_touserdata(lua, 1);
    open_library(lua, luaopen_base, "");
    open_library(lua, luaopen_table, LUA_TABLIBNAME);
    open_library(lua, luaopen_string, LUA_STRLIBNAME);
    open_library(lua, luaopen_math, LUA_MATHLIBNAME);
    open_library(lua, luaopen_bit, "bit");
    open_as_global(lua, luaopen_cjson, "cjson");
    open_as_global(lua, luaopen_struct, "struct");
    open_as_global(lua, luaopen_cmsgpack, "cmsgpack");
    push_redis(lua, making->version, making->version_number);
    lua_setglobal(lua, "redis");
    lua_pushcfunction(lua, handle_error);
    if (!self->runs_functions) {
        lua_pushvalue(lua, -1);
        lua_setglobal(lua, "__redis__err__handler");
    }
    self->handler = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_pushcfunction(lua, run_protected);
    self->run = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_pushcfunction(lua, collect_protected);
    self->collect = luaL_ref(lua, LUA_REGISTRYINDEX);
    close_sandbox(lua);
    if (self->runs_functions)
        make_library_globals(lua, making->version, making->version_number);
    return 0;
}

// Every call into Lua is protected, so nobody comes here; if somebody did, there would be no way
// on.
static int panic(lua_State *lua) {
    (void)lua;
    abort();
}

struct ls_interpreter *ls_interpreter_make(
    const struct ls_host *host, size_t memory_max, struct ls_word version,
    uint32_t version_number, int runs_functions) {
    struct ls_interpreter *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->runs_functions = runs_functions;
    self->host = *host;
    self->memory_max = memory_max;
    self->protocol = self->client_protocol = 2;
    // Where drand48 begins when nobody gives it a seed.
    self->random = 0x1234abcd330eull;
    self->lua = lua_newstate(allocate, self);
    struct making making = {version, version_number};
    if (self->lua) {
        lua_atpanic(self->lua, panic);
        if (lua_cpcall(self->lua, furnish, &making) == 0) return self;
    }
    ls_interpreter_free(self);
    return NULL;
}

void ls_interpreter_free(struct ls_interpreter *self) {
    if (self->lua) lua_close(self->lua);
    free(self->words);
    free(self->digits);
    bytes_free(&self->reply);
    bytes_free(&self->scratch);
    free(self);
}

size_t ls_interpreter_memory(const struct ls_interpreter *self) { return self->memory; }

// MARK: Garbage

static int collect_protected(lua_State *lua) {
    lua_gc(lua, LUA_GCCOLLECT, 0);
    return 0;
}

// Collects all garbage when memory was missing, since Lua itself then only gives up.
static void collect(struct ls_interpreter *self) {
    choose_pause(self);
    if (!self->is_exhausted) return;
    // Neither of these allocates: there is always room for a few values.
    lua_rawgeti(self->lua, LUA_REGISTRYINDEX, self->collect);
    if (lua_pcall(self->lua, 0, 0, 0) != 0) lua_pop(self->lua, 1);
    self->is_exhausted = 0;
}

// MARK: Compiling

struct reading {
    const char *text;
    size_t count;
    int begins_with_blank;
};

// Hands the text over; a blank in front keeps the first byte from being taken for the mark of a
// compiled script.
static const char *read_text(lua_State *lua, void *context, size_t *count) {
    (void)lua;
    struct reading *reading = context;
    if (reading->begins_with_blank) {
        reading->begins_with_blank = 0;
        *count = 1;
        return " ";
    }
    *count = reading->count;
    reading->count = 0;
    return *count ? reading->text : NULL;
}

int load_text(lua_State *lua, const char *text, size_t count, const char *name) {
    int is_compiled = count > 0 && text[0] == LUA_SIGNATURE[0];
    struct reading reading = {text, count, is_compiled};
    return lua_load(lua, read_text, &reading, name);
}

struct compiling {
    struct ls_word body;
    int number;
};

static int compile_protected(lua_State *lua) {
    struct compiling *compiling = lua_touserdata(lua, 1);
    if (load_text(
            lua, (const char *)compiling->body.bytes, (size_t)compiling->body.count,
            "@user_script") != 0)
        return lua_error(lua);
    compiling->number = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

int ls_script_compile(
    struct ls_interpreter *self, struct ls_word body, struct ls_word *problem) {
    struct compiling compiling = {body, -1};
    if (lua_cpcall(self->lua, compile_protected, &compiling) == 0) return compiling.number;
    collect(self);
    const char *text = lua_type(self->lua, -1) == LUA_TSTRING ? lua_tostring(self->lua, -1)
                                                              : "not enough memory";
    bytes_clear(&self->scratch);
    bytes_append_text(&self->scratch, text);
    lua_settop(self->lua, 0);
    *problem = word_of(self->scratch.start, self->scratch.count);
    return -1;
}

void ls_script_forget(struct ls_interpreter *self, int script) {
    luaL_unref(self->lua, LUA_REGISTRYINDEX, script);
}

// MARK: Running

struct running {
    int script;
    struct ls_word name;
    const struct ls_word *keys, *arguments;
    intptr_t key_count, argument_count;
    int failed;
};

static void push_words(lua_State *lua, const struct ls_word *words, intptr_t count) {
    lua_createtable(lua, (int)count, 0);
    for (intptr_t i = 0; i < count; i++) {
        lua_pushlstring(lua, (const char *)words[i].bytes, (size_t)words[i].count);
        lua_rawseti(lua, -2, (int)i + 1);
    }
}

static int run_protected(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    struct running *running = lua_touserdata(lua, 1);
    int handler = 2, argument_count = self->runs_functions ? 2 : 0;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, self->handler);
    if (!self->runs_functions) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, self->globals);
        lua_pushliteral(lua, "KEYS");
        push_words(lua, running->keys, running->key_count);
        lua_rawset(lua, -3);
        lua_pushliteral(lua, "ARGV");
        push_words(lua, running->arguments, running->argument_count);
        lua_rawset(lua, -3);
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, running->script);
    if (self->runs_functions) {
        push_words(lua, running->keys, running->key_count);
        push_words(lua, running->arguments, running->argument_count);
    }
    if (lua_pcall(lua, argument_count, 1, handler) != 0) {
        running->failed = 1;
        append_failure(lua, running->name);
    } else {
        append_value(lua);
    }
    return 0;
}

void look(lua_State *lua, lua_Debug *moment) {
    (void)moment;
    struct ls_interpreter *self = interpreter_of(lua);
    if (!self->host.interrupt(self->host.context)) return;
    // From now on each line ends, so that the script cannot go on by catching the error.
    lua_sethook(lua, look, LUA_MASKLINE, 0);
    push_error(
        lua, self->is_loading ? "FUNCTION LOAD timeout"
                              : "Script killed by user with SCRIPT KILL...");
    lua_error(lua);
}

struct ls_outcome ls_script_run(
    struct ls_interpreter *self, int script, struct ls_word name, const struct ls_word *keys,
    intptr_t key_count, const struct ls_word *arguments, intptr_t argument_count, int protocol,
    int can_be_interrupted) {
    lua_State *lua = self->lua;
    struct running running = {script, name, keys, arguments, key_count, argument_count, 0};
    self->protocol = 2;
    self->client_protocol = protocol;
    bytes_clear(&self->reply);
    if (can_be_interrupted) lua_sethook(lua, look, LUA_MASKCOUNT, instructions_per_look);
    // Neither of these allocates: there is always room for a few values.
    lua_rawgeti(lua, LUA_REGISTRYINDEX, self->run);
    lua_pushlightuserdata(lua, &running);
    if (lua_pcall(lua, 1, 0, 0) != 0) {
        // Outside of the script only memory can be missing.
        running.failed = 1;
        bytes_clear(&self->reply);
        // Nothing here may raise again, as looking into a table could.
        if (lua_istable(lua, -1)) lua_pushboolean(lua, 0);
        append_failure(lua, name);
    }
    lua_sethook(lua, NULL, 0, 0);
    lua_settop(lua, 0);
    collect(self);
    return (struct ls_outcome){word_of(self->reply.start, self->reply.count), running.failed};
}
