"""A preloaded library that makes fsync slow or fail, the same for every server.

The library looks at a control file on each call, so that a test can change its mind while the
server runs. Lines of the control file: `delay <ms>`, `fail <n>` (the next n syncs fail with EIO).
It appends one byte to `<control>.count` after each sync that succeeded.
"""

from .tools import compiled

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is_log(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    const char *only = getenv("SHIM_ONLY");
    return !only || strstr(path, only) != NULL;
}

static int governed(int fd, int (*real)(int)) {
    const char *control = getenv("SHIM_CONTROL");
    if (!control || !is_log(fd)) return real(fd);
    int delay = 0, fail = 0;
    FILE *file = fopen(control, "r");
    if (file) {
        char word[32]; int n;
        while (fscanf(file, "%31s %d", word, &n) == 2) {
            if (!strcmp(word, "delay")) delay = n;
            if (!strcmp(word, "fail")) fail = n;
        }
        fclose(file);
    }
    if (delay) {
        struct timespec pause = { delay / 1000, (delay % 1000) * 1000000L };
        nanosleep(&pause, NULL);
    }
    if (fail > 0) {
        file = fopen(control, "w");
        if (file) { fprintf(file, "delay %d\nfail %d\n", delay, fail - 1); fclose(file); }
        errno = EIO;
        return -1;
    }
    int result = real(fd);
    if (result == 0) {
        char name[4096];
        snprintf(name, sizeof name, "%s.count", control);
        int out = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
        if (out >= 0) { if (write(out, "s", 1) < 0) {} close(out); }
    }
    return result;
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return governed(fd, real);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return governed(fd, real);
}
"""


class Shim:
    """Governs the syncs of files whose path contains `only`."""

    def __init__(self, context, only="appendonlydir"):
        library = compiled(context, "shim.so", SOURCE, "-shared", "-fPIC", "-ldl")
        self.control = context.scratch / "shim.control"
        self.count_file = context.scratch / "shim.control.count"
        self.control.write_text("")
        self.environment = {
            "LD_PRELOAD": str(library),
            "SHIM_CONTROL": str(self.control),
            "SHIM_ONLY": only,
        }

    def set(self, delay=0, fail=0):
        self.control.write_text(f"delay {delay}\nfail {fail}\n")

    def syncs(self):
        """How many syncs have succeeded so far."""
        return self.count_file.stat().st_size if self.count_file.exists() else 0

    def writes_without_sync(self, server, count=20):
        """How many of so many writes, one after the other, are acknowledged without a sync."""
        missed = 0
        with server.connect() as connection:
            for number in range(count):
                before = self.syncs()
                connection.ask("SET", f"k{number}", "1")
                missed += self.syncs() == before
        return missed

    def remaining_failures(self):
        words = self.control.read_text().split()
        return int(words[words.index("fail") + 1]) if "fail" in words else 0
