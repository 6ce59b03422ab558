// Signals: noted in a word and in a descriptor, or, when fatal, reported and raised again.
#pragma once
#include <stdint.h>

enum {
    ls_signal_terminate = 1,
    ls_signal_interrupt = 2,
    ls_signal_hang_up = 4,
    ls_signal_user1 = 8,
    ls_signal_user2 = 16,
};

// `wake_descriptor` gets eight bytes at each signal, as an eventfd wants them. An interrupt while
// a request to end is already known ends the process with status 1, since who insists may find a
// server that is busy for long.
void ls_signals_install(int wake_descriptor);
uint32_t ls_signals_take(void);
// The request to end was refused; the next interrupt is a first one again.
void ls_signals_forget_request(void);

// `path` is where the report is appended; null or empty for standard output. `name` begins its
// lines about what crashed. Both are copied.
void ls_crash_install(const char *name, const char *path);
// Lets the calling thread run the report on a stack of its own.
void ls_crash_prepare_thread(void);
