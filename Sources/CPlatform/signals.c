#define _GNU_SOURCE
#include "signals.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

// Everything below that runs inside a handler uses only calls that are safe there: no allocation,
// no lock, no stdio.

static atomic_uint noted;
static atomic_int request_is_known;
static atomic_int wake_descriptor = -1;
static char report_path[4096];
static char program_name[64] = "the server";

static int open_report(void) {
    if (!report_path[0]) return STDOUT_FILENO;
    int descriptor = open(report_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    return descriptor < 0 ? STDOUT_FILENO : descriptor;
}

static void put(int descriptor, const char *text) {
    if (write(descriptor, text, strlen(text)) < 0) return;
}

static void put_number(int descriptor, uint64_t value, unsigned base) {
    char digits[24], *start = digits + sizeof digits;
    *--start = 0;
    do *--start = "0123456789abcdef"[value % base], value /= base;
    while (value);
    put(descriptor, start);
}

static void note(int signal) {
    int before = errno;
    unsigned bit = signal == SIGTERM ? ls_signal_terminate
        : signal == SIGINT ? ls_signal_interrupt
        : signal == SIGHUP ? ls_signal_hang_up
        : signal == SIGUSR1 ? ls_signal_user1 : ls_signal_user2;
    if (signal == SIGTERM || signal == SIGINT) {
        int was_known = atomic_exchange(&request_is_known, 1);
        if (was_known && signal == SIGINT) {
            put(open_report(), "You insist... exiting now.\n");
            _exit(1);
        }
    }
    atomic_fetch_or(&noted, bit);
    uint64_t one = 1;
    int descriptor = atomic_load(&wake_descriptor);
    if (descriptor >= 0 && write(descriptor, &one, sizeof one) < 0) errno = before;
    errno = before;
}

void ls_signals_install(int descriptor) {
    atomic_store(&wake_descriptor, descriptor);
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

uint32_t ls_signals_take(void) { return atomic_exchange(&noted, 0); }

void ls_signals_forget_request(void) { atomic_store(&request_is_known, 0); }

static uint64_t instruction_of(const void *context) {
    const ucontext_t *machine = context;
#if defined(__x86_64__)
    return (uint64_t)machine->uc_mcontext.gregs[REG_RIP];
#else
    return machine->uc_mcontext.pc;
#endif
}

static void report(int signal, siginfo_t *facts, void *context) {
    static atomic_int is_reporting;
    if (atomic_exchange(&is_reporting, 1)) raise(signal);
    int descriptor = open_report();
    put(descriptor, "\n\n=== LEDGERSTONE BUG REPORT START: Cut & paste starting from here ===\n");
    put_number(descriptor, (uint64_t)getpid(), 10), put(descriptor, ": ");
    put(descriptor, program_name), put(descriptor, " crashed by signal: ");
    put_number(descriptor, (uint64_t)signal, 10), put(descriptor, ", si_code: ");
    if (facts->si_code < 0) put(descriptor, "-");
    put_number(descriptor, (uint64_t)(facts->si_code < 0 ? -facts->si_code : facts->si_code), 10);
    if (signal == SIGSEGV || signal == SIGBUS)
        put(descriptor, "\nAccessing address: 0x"),
            put_number(descriptor, (uint64_t)facts->si_addr, 16);
    put(descriptor, "\nCrashed running the instruction at: 0x");
    put_number(descriptor, instruction_of(context), 16);
    put(descriptor, "\nAt second: "), put_number(descriptor, (uint64_t)time(NULL), 10);
    put(descriptor, "\n\n------ STACK TRACE ------\n");
    void *frames[100];
    backtrace_symbols_fd(frames, backtrace(frames, 100), descriptor);
    put(descriptor, "\n=== LEDGERSTONE BUG REPORT END. ===\n");
    if (descriptor != STDOUT_FILENO) fsync(descriptor);
    // The default action is back in force (SA_RESETHAND), so this ends the process.
    raise(signal);
}

void ls_crash_prepare_thread(void) {
    stack_t stack = {.ss_size = 128 * 1024};
    stack.ss_sp = mmap(
        NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp != MAP_FAILED) sigaltstack(&stack, NULL);
}

void ls_crash_install(const char *name, const char *path) {
    strncpy(program_name, name, sizeof program_name - 1);
    strncpy(report_path, path ? path : "", sizeof report_path - 1);
    // The first call loads a library, which a handler must not.
    void *frames[2];
    (void)backtrace(frames, 2);
    ls_crash_prepare_thread();
    struct sigaction action = {
        .sa_sigaction = report,
        .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER | SA_ONSTACK,
    };
    sigemptyset(&action.sa_mask);
    const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}
