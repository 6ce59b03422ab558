// System interfaces that Swift cannot call: variadic, macros, or hidden behind _GNU_SOURCE.
// Those that fail return a negative error number.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Files.
int ls_open(const char *path, int flags, unsigned mode);
void ls_start_writeback(int descriptor, uint64_t offset, uint64_t count);

// Sockets. The listeners and connections never block and close on exec.
// Finds the first stream address of a host (null: every address of the family, to listen on) and
// writes at most `size` bytes of it. Returns its length or a negative error number.
int ls_resolve(const char *host, const char *port, int family, void *address, unsigned size);
int ls_socket(int family);
int ls_accept(int listener, void *address, unsigned *address_size);
int ls_set_option(int socket, int level, int name, int value);
int ls_set_mark(int socket, unsigned mark);

// The seconds that local time is ahead of UTC at a moment.
long ls_utc_offset(int64_t seconds);

// Polling.
struct ls_event {
    uint64_t token;
    uint32_t ready;
};
enum { ls_event_readable = 1, ls_event_writable = 2, ls_event_failed = 4 };
enum { ls_poll_add, ls_poll_modify, ls_poll_remove };
int ls_poll_create(void);
int ls_poll_set(int poller, int operation, int socket, uint32_t interest, uint64_t token);
// The events are written to `events`; `timeout_us` is negative for ever.
int ls_poll_wait(int poller, struct ls_event *events, int count_max, int64_t timeout_us);
int ls_wake_create(void);

// Threads. A futex is a word that a thread can wait on.
void ls_futex_wait(uint32_t *word, uint32_t while_equal, int64_t timeout_us);
void ls_futex_wake(uint32_t *word);
void ls_thread_name(const char *name);
static inline void ls_spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    __asm__ volatile("yield");
#endif
}

// The process.
int ls_daemonize(void);
int ls_disable_huge_pages(void);
void ls_syslog_open(const char *identity, int facility);
void ls_syslog(int priority, const char *text);
void ls_thread_usage(int64_t *user_us, int64_t *system_us);
// Replaces what process lists show. False when there is no room.
int ls_set_title(const char *title);
