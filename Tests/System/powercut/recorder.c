/* Preloaded: writes down what a server does to its data directory, and what it answers.
 *
 * The trace is one file that the process and its forked children share as memory. It begins with 64
 * bytes, of which the first eight are the place where the next record goes; then come the records:
 *
 *     u32 size      of the whole record, a multiple of 8
 *     u32 kind      below; 0 while the record is being written
 *     u64 time      of the monotonic clock, in nanoseconds
 *     u64 inode     of the file (its device is the directory's)
 *     u64 number    offset of a write, new size, number of a sync, descriptor of a reply
 *     u32 process
 *     u32 length    of the payload that follows: bytes written, or paths with a zero after each
 *
 * A record is written after its call has returned and before the caller knows. So what a caller put
 * in order is in that order in the trace, and a write that stands before the beginning of a sync was
 * complete when the sync began. A sync has two records: what stands before the first is durable from
 * the second on. Of the calls that failed only a sync leaves a record: what it covered is lost.
 *
 * Buffered output (`fwrite`) is recorded when it enters the buffer. That lets data survive a little
 * earlier than it could, never later. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind {
    opened = 1, written, truncated, sync_began, sync_ended, renamed, linked, removed,
    made_directory, removed_directory, accepted, replied, sync_failed,
};

struct record {
    uint32_t size;
    _Atomic uint32_t kind;
    uint64_t time, inode, number;
    uint32_t process, length;
};

enum { descriptors_max = 65536, header_size = 64 };
enum { is_nothing, is_data, is_client };

static char *trace;
static uint64_t trace_size;
static char directory[PATH_MAX];
static size_t directory_length;
static long sync_pause_us, failing_sync;
static unsigned char what[descriptors_max];
static _Atomic uint64_t sync_number;

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("POWERCUT_TRACE"), *data = getenv("POWERCUT_DIRECTORY");
    const char *pause = getenv("POWERCUT_SYNC_PAUSE_US"), *fail = getenv("POWERCUT_FAILING_SYNC");
    struct stat facts;
    if (!path || !data || !realpath(data, directory)) return;
    directory_length = strlen(directory);
    sync_pause_us = pause ? atol(pause) : 0;
    failing_sync = fail ? atol(fail) : 0;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0 || fstat(file, &facts) != 0) abort();
    trace_size = (uint64_t)facts.st_size;
    void *memory = mmap(NULL, trace_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) abort();
    close(file);
    trace = memory;
}

static int kind_of(int descriptor) {
    return descriptor >= 0 && descriptor < descriptors_max ? what[descriptor] : is_nothing;
}

static void becomes(int descriptor, int kind) {
    if (descriptor >= 0 && descriptor < descriptors_max) what[descriptor] = (unsigned char)kind;
}

static void note_parts(
    enum kind kind, uint64_t inode, uint64_t number, const struct iovec *parts, int count,
    size_t length) {
    if (!trace) return;
    int saved = errno;
    uint64_t size = (sizeof(struct record) + length + 7) & ~(uint64_t)7;
    uint64_t place = atomic_fetch_add((_Atomic uint64_t *)trace, size);
    if (place + size > trace_size) abort();
    struct record *record = (struct record *)(trace + place);
    struct timespec now;
    record->size = (uint32_t)size;
    clock_gettime(CLOCK_MONOTONIC, &now);
    record->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    record->inode = inode, record->number = number;
    record->process = (uint32_t)getpid(), record->length = (uint32_t)length;
    char *target = (char *)(record + 1);
    for (int i = 0; i < count && length; i++) {
        size_t part = parts[i].iov_len < length ? parts[i].iov_len : length;
        memcpy(target, parts[i].iov_base, part);
        target += part, length -= part;
    }
    atomic_store(&record->kind, kind);
    errno = saved;
}

static void note(enum kind kind, uint64_t inode, uint64_t number, const void *data, size_t length) {
    struct iovec part = {(void *)data, length};
    note_parts(kind, inode, number, &part, 1, length);
}

static uint64_t inode_of(int descriptor) {
    struct stat facts;
    return fstat(descriptor, &facts) == 0 ? facts.st_ino : 0;
}

/* The path of what stands in the data directory, or 0. Servers use paths that are absolute, or
 * relative to the directory that they work in. */
static int inside(const char *path, char *absolute) {
    if (!trace) return 0;
    if (path[0] == '/') {
        snprintf(absolute, PATH_MAX, "%s", path);
    } else {
        if (!getcwd(absolute, PATH_MAX)) return 0;
        size_t length = strlen(absolute);
        snprintf(absolute + length, PATH_MAX - length, "/%s", path);
    }
    if (strncmp(absolute, directory, directory_length) != 0) return 0;
    return absolute[directory_length] == '/' || absolute[directory_length] == 0;
}

static void note_paths(enum kind kind, uint64_t inode, const char *first, const char *second) {
    struct iovec parts[2] = {{(void *)first, strlen(first) + 1}, {(void *)second, 0}};
    if (second) parts[1].iov_len = strlen(second) + 1;
    note_parts(kind, inode, 0, parts, 2, parts[0].iov_len + parts[1].iov_len);
}

/* Files. */

static void note_open(int descriptor, const char *path, int truncates, int creates) {
    char absolute[PATH_MAX];
    becomes(descriptor, is_nothing);
    if (descriptor < 0 || !inside(path, absolute)) return;
    becomes(descriptor, is_data);
    uint64_t inode = inode_of(descriptor);
    if (creates) note_paths(opened, inode, absolute, NULL);
    if (truncates) note(truncated, inode, 0, NULL, 0);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0; \
        va_end(arguments); \
        int descriptor = real(path, flags, mode); \
        note_open(descriptor, path, flags & O_TRUNC, flags & O_CREAT); \
        return descriptor; \
    }
OPEN(open)
OPEN(open64)

#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) { \
        REAL(name); \
        FILE *file = real(path, mode); \
        if (file) note_open(fileno(file), path, mode[0] == 'w', mode[0] != 'r'); \
        return file; \
    }
FOPEN(fopen)
FOPEN(fopen64)

int close(int descriptor) {
    REAL(close);
    becomes(descriptor, is_nothing);
    return real(descriptor);
}

int fclose(FILE *file) {
    REAL(fclose);
    becomes(fileno(file), is_nothing);
    return real(file);
}

/* What went to a descriptor, by the call that has just returned. */
static void note_output(int descriptor, const struct iovec *parts, int count, ssize_t length) {
    if (length <= 0) return;
    if (kind_of(descriptor) == is_client) {
        note_parts(replied, 0, (uint64_t)descriptor, parts, count, (size_t)length);
    } else if (kind_of(descriptor) == is_data) {
        off_t end = lseek(descriptor, 0, SEEK_CUR);
        uint64_t start = (uint64_t)(end - length);
        note_parts(written, inode_of(descriptor), start, parts, count, (size_t)length);
    }
}

ssize_t write(int descriptor, const void *data, size_t count) {
    REAL(write);
    ssize_t length = real(descriptor, data, count);
    struct iovec part = {(void *)data, count};
    note_output(descriptor, &part, 1, length);
    return length;
}

ssize_t send(int descriptor, const void *data, size_t count, int flags) {
    REAL(send);
    ssize_t length = real(descriptor, data, count, flags);
    struct iovec part = {(void *)data, count};
    note_output(descriptor, &part, 1, length);
    return length;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev);
    ssize_t length = real(descriptor, parts, count);
    note_output(descriptor, parts, count, length);
    return length;
}

#define PWRITE(name, offset_type) \
    ssize_t name(int descriptor, const void *data, size_t count, offset_type offset) { \
        REAL(name); \
        ssize_t length = real(descriptor, data, count, offset); \
        if (length > 0 && kind_of(descriptor) == is_data) \
            note(written, inode_of(descriptor), (uint64_t)offset, data, (size_t)length); \
        return length; \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    REAL(fwrite);
    size_t items = real(data, size, count, file);
    int descriptor = fileno(file);
    if (items && kind_of(descriptor) == is_data) {
        uint64_t start = (uint64_t)(ftello(file) - (off_t)(items * size));
        note(written, inode_of(descriptor), start, data, items * size);
    }
    return items;
}

#define FTRUNCATE(name, offset_type) \
    int name(int descriptor, offset_type size) { \
        REAL(name); \
        int result = real(descriptor, size); \
        if (result == 0 && kind_of(descriptor) == is_data) \
            note(truncated, inode_of(descriptor), (uint64_t)size, NULL, 0); \
        return result; \
    }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define TRUNCATE(name, offset_type) \
    int name(const char *path, offset_type size) { \
        REAL(name); \
        int result = real(path, size); \
        char absolute[PATH_MAX]; \
        struct stat facts; \
        if (result == 0 && inside(path, absolute) && stat(absolute, &facts) == 0) \
            note(truncated, facts.st_ino, (uint64_t)size, NULL, 0); \
        return result; \
    }
TRUNCATE(truncate, off_t)
TRUNCATE(truncate64, off64_t)

/* Syncs, of files and of directories. The pause opens the moment in which one is under way. One sync
 * of an increment of the log fails in each process, when that is asked for; since the real call is
 * not made, its data stays in the page cache, as it does after a real failure. */

static int has_to_fail(int descriptor) {
    static _Atomic long count;
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, ".incr.aof") && atomic_fetch_add(&count, 1) + 1 == failing_sync;
}

static int governed(int (*real)(int), int descriptor) {
    if (kind_of(descriptor) != is_data) return real(descriptor);
    uint64_t inode = inode_of(descriptor), number = atomic_fetch_add(&sync_number, 1);
    number |= (uint64_t)getpid() << 32;
    note(sync_began, inode, number, NULL, 0);
    if (sync_pause_us) {
        struct timespec pause = {sync_pause_us / 1000000, sync_pause_us % 1000000 * 1000};
        nanosleep(&pause, NULL);
    }
    if (failing_sync && has_to_fail(descriptor)) {
        note(sync_failed, inode, number, NULL, 0);
        errno = EIO;
        return -1;
    }
    int result = real(descriptor);
    if (result == 0) note(sync_ended, inode, number, NULL, 0);
    return result;
}

int fsync(int descriptor) {
    REAL(fsync);
    return governed(real, descriptor);
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    return governed(real, descriptor);
}

/* Names. */

int rename(const char *from, const char *to) {
    REAL(rename);
    char first[PATH_MAX], second[PATH_MAX];
    int result = real(from, to);
    if (result == 0 && inside(from, first) && inside(to, second))
        note_paths(renamed, 0, first, second);
    return result;
}

int link(const char *from, const char *to) {
    REAL(link);
    char first[PATH_MAX], second[PATH_MAX];
    int result = real(from, to);
    if (result == 0 && inside(from, first) && inside(to, second))
        note_paths(linked, 0, first, second);
    return result;
}

#define REMOVE(name, kind) \
    int name(const char *path) { \
        REAL(name); \
        char absolute[PATH_MAX]; \
        int result = real(path); \
        if (result == 0 && inside(path, absolute)) note_paths(kind, 0, absolute, NULL); \
        return result; \
    }
REMOVE(unlink, removed)
REMOVE(rmdir, removed_directory)

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    char absolute[PATH_MAX];
    struct stat facts;
    int result = real(path, mode);
    if (result == 0 && inside(path, absolute) && stat(absolute, &facts) == 0)
        note_paths(made_directory, facts.st_ino, absolute, NULL);
    return result;
}

/* Clients. */

int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags) {
    REAL(accept4);
    int descriptor = real(listener, address, size, flags);
    if (descriptor >= 0 && trace) {
        becomes(descriptor, is_client);
        note(accepted, 0, (uint64_t)descriptor, NULL, 0);
    }
    return descriptor;
}
