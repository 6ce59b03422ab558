#define _GNU_SOURCE
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static int result(long value) { return value < 0 ? -errno : (int)value; }

int ls_open(const char *path, int flags, unsigned mode) {
    int descriptor;
    do descriptor = open(path, flags | O_CLOEXEC, (mode_t)mode);
    while (descriptor < 0 && errno == EINTR);
    return result(descriptor);
}

void ls_start_writeback(int descriptor, uint64_t offset, uint64_t count) {
    (void)sync_file_range(descriptor, (off64_t)offset, (off64_t)count, SYNC_FILE_RANGE_WRITE);
}

int ls_resolve(const char *host, const char *port, int family, void *address, unsigned size) {
    struct addrinfo hints = {
        .ai_family = family,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = host ? 0 : AI_PASSIVE,
    };
    struct addrinfo *list = NULL;
    int code = getaddrinfo(host, port, &hints, &list);
    if (code != 0) return code == EAI_SYSTEM ? -errno : -EADDRNOTAVAIL;
    unsigned count = list->ai_addrlen;
    if (count <= size) memcpy(address, list->ai_addr, count);
    freeaddrinfo(list);
    return count <= size ? (int)count : -ENAMETOOLONG;
}

int ls_socket(int family) {
    return result(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

int ls_accept(int listener, void *address, unsigned *address_size) {
    return result(accept4(listener, address, address_size, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int ls_set_option(int socket, int level, int name, int value) {
    return result(setsockopt(socket, level, name, &value, sizeof value));
}

int ls_set_mark(int socket, unsigned mark) {
    return result(setsockopt(socket, SOL_SOCKET, SO_MARK, &mark, sizeof mark));
}

long ls_utc_offset(int64_t seconds) {
    time_t moment = (time_t)seconds;
    struct tm parts;
    return localtime_r(&moment, &parts) ? parts.tm_gmtoff : 0;
}

int ls_poll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

int ls_poll_set(int poller, int operation, int socket, uint32_t interest, uint64_t token) {
    static const int operations[] = {EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
    struct epoll_event event = {.data.u64 = token};
    if (interest & ls_event_readable) event.events |= EPOLLIN;
    if (interest & ls_event_writable) event.events |= EPOLLOUT;
    return result(epoll_ctl(poller, operations[operation], socket, &event));
}

static uint32_t readiness(uint32_t events) {
    uint32_t ready = 0;
    if (events & EPOLLIN) ready |= ls_event_readable;
    if (events & EPOLLOUT) ready |= ls_event_writable;
    if (events & (EPOLLERR | EPOLLHUP))
        ready |= ls_event_readable | ls_event_writable | ls_event_failed;
    return ready;
}

// epoll_pwait2 is younger than some kernels; without it the time is rounded up to milliseconds.
static int wait_for_events(
    int poller, struct epoll_event *events, int count_max, int64_t timeout_us) {
    if (timeout_us <= 0)
        return epoll_wait(poller, events, count_max, timeout_us < 0 ? -1 : 0);
#ifdef SYS_epoll_pwait2
    struct timespec timeout = {timeout_us / 1000000, timeout_us % 1000000 * 1000};
    int count = (int)syscall(SYS_epoll_pwait2, poller, events, count_max, &timeout, NULL, 0);
    if (count >= 0 || errno != ENOSYS) return count;
#endif
    int64_t timeout_ms = (timeout_us + 999) / 1000;
    return epoll_wait(poller, events, count_max, timeout_ms > 86400000 ? 86400000 : (int)timeout_ms);
}

int ls_poll_wait(int poller, struct ls_event *events, int count_max, int64_t timeout_us) {
    enum { batch = 512 };
    struct epoll_event found[batch];
    int count = wait_for_events(poller, found, count_max < batch ? count_max : batch, timeout_us);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++)
        events[i].token = found[i].data.u64, events[i].ready = readiness(found[i].events);
    return count;
}

int ls_wake_create(void) { return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

void ls_futex_wait(uint32_t *word, uint32_t while_equal, int64_t timeout_us) {
    struct timespec timeout = {timeout_us / 1000000, timeout_us % 1000000 * 1000};
    syscall(
        SYS_futex, word, FUTEX_WAIT_PRIVATE, while_equal, timeout_us < 0 ? NULL : &timeout, NULL,
        0);
}

void ls_futex_wake(uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void ls_thread_name(const char *name) { (void)pthread_setname_np(pthread_self(), name); }

int ls_daemonize(void) {
    pid_t child = fork();
    if (child < 0) return -errno;
    if (child > 0) _exit(0);
    setsid();
    int null = open("/dev/null", O_RDWR);
    if (null < 0) return 0;
    dup2(null, 0), dup2(null, 1), dup2(null, 2);
    if (null > 2) close(null);
    return 0;
}

int ls_disable_huge_pages(void) {
    return result(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
}

void ls_syslog_open(const char *identity, int facility) {
    openlog(identity, LOG_PID | LOG_NDELAY | LOG_NOWAIT, facility);
}

void ls_syslog(int priority, const char *text) { syslog(priority, "%s", text); }

void ls_thread_usage(int64_t *user_us, int64_t *system_us) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    *user_us = (int64_t)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
    *system_us = (int64_t)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec;
}
