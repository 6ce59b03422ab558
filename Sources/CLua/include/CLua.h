// Lua 5.1 with Redis's libraries and sandbox, behind doors that Swift can pass through.
//
// Lua raises an error by jumping over the frames above it. So that it never jumps over a frame of
// Swift, every function below calls into Lua under protection and answers with a status, and every
// function of `ls_host` returns to C, which raises the error afterwards.
#pragma once
#include <stddef.h>
#include <stdint.h>

// A borrowed run of bytes, laid out as `ByteSlice` is.
struct ls_word {
    const unsigned char *bytes;
    intptr_t count;
};

// What scripts ask of the server. None of these may raise, and what they lend stays as it is until
// the next of them is called.
struct ls_host {
    void *context;
    // Executes a command; returns its reply, in the protocol's bytes.
    struct ls_word (*call)(
        void *context, const struct ls_word *words, intptr_t count, int protocol);
    // Whether the client may use a command: 1 or 0; -1 when there is no such command.
    int (*permits)(void *context, const struct ls_word *words, intptr_t count);
    void (*log)(void *context, int level, struct ls_word text);
    // Hears of an error that a script answers with, and that no command has answered before.
    void (*note_error)(void *context, struct ls_word text);
    // Which of the log and the replicas hear of what follows.
    void (*set_replication)(void *context, int targets);
    // Called now and then while a script runs; 1 ends it.
    int (*interrupt)(void *context);
    // Takes a function of the library that is being loaded. `description.bytes` may be NULL.
    // Returns what is wrong, or no bytes (NULL).
    struct ls_word (*add_function)(
        void *context, struct ls_word name, struct ls_word description,
        const struct ls_word *flags, intptr_t flag_count, int number);
    // Writes the shortest digits of a number, at most 32 bytes; returns their count.
    intptr_t (*number)(double value, unsigned char *out);
    void (*sha1)(struct ls_word text, unsigned char digits[40]);
};

struct ls_interpreter;

// What a script left: its reply in the protocol's bytes, lent until the next run.
struct ls_outcome {
    struct ls_word reply;
    // Whether it ended with an error, which is then the reply.
    int failed;
};

// NULL when there is not enough memory. `memory_max` bounds what scripts may allocate, in bytes.
// `runs_functions`: it runs functions of libraries, and no scripts.
struct ls_interpreter *ls_interpreter_make(
    const struct ls_host *host, size_t memory_max, struct ls_word version,
    uint32_t version_number, int runs_functions);
void ls_interpreter_free(struct ls_interpreter *self);
// Bytes that are allocated.
size_t ls_interpreter_memory(const struct ls_interpreter *self);

// Compiles a script. Returns its number, or -1 and what is wrong with it, lent until the next call.
int ls_script_compile(
    struct ls_interpreter *self, struct ls_word body, struct ls_word *problem);
void ls_script_forget(struct ls_interpreter *self, int script);

// Loads a library, whose functions come to `add_function`. Returns 0, or -1 and what is wrong with
// it, lent until the next call.
int ls_library_load(struct ls_interpreter *self, struct ls_word code, struct ls_word *problem);

// Runs a script, which finds `KEYS` and `ARGV`, or a function, which is given them. `name` stands
// in error texts. `protocol` is what the client speaks. `can_be_interrupted` says whether
// `interrupt` is called.
struct ls_outcome ls_script_run(
    struct ls_interpreter *self, int script, struct ls_word name, const struct ls_word *keys,
    intptr_t key_count, const struct ls_word *arguments, intptr_t argument_count, int protocol,
    int can_be_interrupted);
