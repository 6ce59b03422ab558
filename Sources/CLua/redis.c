// The table `redis`: what scripts ask of the server.
#include "interpreter.h"
#include <stdlib.h>
#include <string.h>

// Levels of `redis.log`, as scripts name them.
enum { log_debug, log_verbose, log_notice, log_warning };
// Targets of `redis.set_repl`.
enum { replicate_to_log = 1, replicate_to_replicas = 2 };
// Longest text of a number.
enum { digits_max = 32 };

// Raises an error as text with a code, in a table that the client gets without a place in front.
static int fail(lua_State *lua, const char *text) {
    push_error(lua, text);
    return lua_error(lua);
}

static void make_room(struct ls_interpreter *self, size_t count) {
    if (count <= self->word_capacity) return;
    size_t larger = self->word_capacity ? self->word_capacity : 16;
    while (larger < count) larger *= 2;
    self->words = realloc(self->words, larger * sizeof *self->words);
    self->digits = realloc(self->digits, larger * digits_max);
    if (!self->words || !self->digits) abort();
    self->word_capacity = larger;
}

// Collects the arguments on the stack as words; returns what is wrong with them, or NULL.
static const char *collect_words(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    int count = lua_gettop(lua);
    if (count == 0) return "Please specify at least one argument for this redis lib call";
    make_room(self, (size_t)count);
    for (int i = 0; i < count; i++) {
        size_t size;
        switch (lua_type(lua, i + 1)) {
        case LUA_TSTRING: {
            const char *text = lua_tolstring(lua, i + 1, &size);
            self->words[i] = word_of(text, size);
            break;
        }
        case LUA_TNUMBER: {
            // Lua's own text of a number has too few digits.
            unsigned char *digits = self->digits + (size_t)i * digits_max;
            intptr_t written = self->host.number(lua_tonumber(lua, i + 1), digits);
            self->words[i] = word_of(digits, (size_t)written);
            break;
        }
        default: return "Lua redis lib command arguments must be strings or integers";
        }
    }
    return NULL;
}

static int execute(lua_State *lua, int raises) {
    struct ls_interpreter *self = interpreter_of(lua);
    const char *problem = collect_words(lua);
    if (problem) {
        push_error(lua, problem);
        return raises ? lua_error(lua) : 1;
    }
    struct ls_word reply = self->host.call(
        self->host.context, self->words, lua_gettop(lua), self->protocol);
    int is_error = reply.bytes[0] == '-';
    lua_settop(lua, 0);
    push_reply(lua, reply);
    return is_error && raises ? lua_error(lua) : 1;
}

static int redis_call(lua_State *lua) { return execute(lua, 1); }
static int redis_pcall(lua_State *lua) { return execute(lua, 0); }

static int redis_permits(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    const char *problem = collect_words(lua);
    if (problem) return fail(lua, problem);
    int answer = self->host.permits(self->host.context, self->words, lua_gettop(lua));
    if (answer < 0) return fail(lua, "Invalid command passed to redis.acl_check_cmd()");
    lua_pushboolean(lua, answer);
    return 1;
}

static int redis_sha1hex(lua_State *lua) {
    if (lua_gettop(lua) != 1) return fail(lua, "wrong number of arguments");
    size_t count;
    const char *text = lua_tolstring(lua, 1, &count);
    unsigned char digits[40];
    interpreter_of(lua)->host.sha1(word_of(text ? text : "", text ? count : 0), digits);
    lua_pushlstring(lua, (const char *)digits, sizeof digits);
    return 1;
}

static int is_one_text(lua_State *lua) {
    return lua_gettop(lua) == 1 && lua_type(lua, 1) == LUA_TSTRING;
}

static int redis_error_reply(lua_State *lua) {
    if (!is_one_text(lua)) {
        push_error(lua, "wrong number or type of arguments");
        return 1;
    }
    const char *text = lua_tostring(lua, 1);
    if (*text != '-') text = lua_pushfstring(lua, "-%s", text);
    push_error(lua, text);
    return 1;
}

static int redis_status_reply(lua_State *lua) {
    if (!is_one_text(lua)) {
        push_error(lua, "wrong number or type of arguments");
        return 1;
    }
    lua_createtable(lua, 0, 1);
    lua_pushvalue(lua, 1);
    lua_setfield(lua, -2, "ok");
    return 1;
}

static int redis_setresp(lua_State *lua) {
    if (lua_gettop(lua) != 1) return fail(lua, "redis.setresp() requires one argument.");
    int version = (int)lua_tonumber(lua, 1);
    if (version != 2 && version != 3) return fail(lua, "RESP version must be 2 or 3.");
    interpreter_of(lua)->protocol = version;
    return 0;
}

static int redis_set_repl(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    if (lua_gettop(lua) != 1) return fail(lua, "redis.set_repl() requires two arguments.");
    int targets = (int)lua_tonumber(lua, 1);
    if (targets & ~(replicate_to_log | replicate_to_replicas))
        return fail(
            lua,
            "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    self->host.set_replication(self->host.context, targets);
    return 0;
}

static int redis_replicate_commands(lua_State *lua) {
    lua_pushboolean(lua, 1);
    return 1;
}

static int redis_log(lua_State *lua) {
    struct ls_interpreter *self = interpreter_of(lua);
    int count = lua_gettop(lua);
    if (count < 2) return fail(lua, "redis.log() requires two arguments or more.");
    if (!lua_isnumber(lua, 1)) return fail(lua, "First argument must be a number (log level).");
    int level = (int)lua_tonumber(lua, 1);
    if (level < log_debug || level > log_warning) return fail(lua, "Invalid debug level.");
    bytes_clear(&self->scratch);
    for (int i = 2; i <= count; i++) {
        size_t size;
        const char *text = lua_tolstring(lua, i, &size);
        if (!text) continue;
        if (i > 2) bytes_append(&self->scratch, " ", 1);
        bytes_append(&self->scratch, text, size);
    }
    self->host.log(
        self->host.context, level, word_of(self->scratch.start, self->scratch.count));
    return 0;
}

static const luaL_Reg functions[] = {
    {"call", redis_call},
    {"pcall", redis_pcall},
    {"acl_check_cmd", redis_permits},
    {"sha1hex", redis_sha1hex},
    {"error_reply", redis_error_reply},
    {"status_reply", redis_status_reply},
    {"setresp", redis_setresp},
    {"set_repl", redis_set_repl},
    {"replicate_commands", redis_replicate_commands},
    {"log", redis_log},
    {NULL, NULL},
};

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"LOG_DEBUG", log_debug},
    {"LOG_VERBOSE", log_verbose},
    {"LOG_NOTICE", log_notice},
    {"LOG_WARNING", log_warning},
    {"REPL_NONE", 0},
    {"REPL_AOF", replicate_to_log},
    {"REPL_REPLICA", replicate_to_replicas},
    {"REPL_SLAVE", replicate_to_replicas},
    {"REPL_ALL", replicate_to_log | replicate_to_replicas},
};

static void set_function(lua_State *lua, const char *name, lua_CFunction function) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
}

static void set_constants(
    lua_State *lua, const char *prefix, struct ls_word version, uint32_t version_number) {
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (strncmp(constants[i].name, prefix, strlen(prefix)) != 0) continue;
        lua_pushinteger(lua, constants[i].value);
        lua_setfield(lua, -2, constants[i].name);
    }
    lua_pushlstring(lua, (const char *)version.bytes, (size_t)version.count);
    lua_setfield(lua, -2, "REDIS_VERSION");
    lua_pushinteger(lua, (lua_Integer)version_number);
    lua_setfield(lua, -2, "REDIS_VERSION_NUM");
}

void make_library_globals(lua_State *lua, struct ls_word version, uint32_t version_number) {
    struct ls_interpreter *self = interpreter_of(lua);
    lua_newtable(lua);
    lua_newtable(lua);
    set_function(lua, "register_function", redis_register_function);
    set_function(lua, "log", redis_log);
    set_constants(lua, "LOG_", version, version_number);
    refuse_missing(lua);
    protect_table(lua);
    lua_setfield(lua, -2, "redis");
    refuse_missing(lua);
    self->library_globals = luaL_ref(lua, LUA_REGISTRYINDEX);
}

void push_redis(lua_State *lua, struct ls_word version, uint32_t version_number) {
    lua_newtable(lua);
    for (const luaL_Reg *each = functions; each->name; each++)
        set_function(lua, each->name, each->func);
    set_constants(lua, "", version, version_number);
}
