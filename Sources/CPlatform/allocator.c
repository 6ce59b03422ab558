#include "allocator.h"

#ifdef LS_SYSTEM_ALLOCATOR
#include "system_allocator.h"
#else
#include <jemalloc/jemalloc.h>
#endif
#include <stdbool.h>
#include <string.h>

static uint64_t figure(const char *name) {
    size_t value = 0, size = sizeof value;
    return mallctl(name, &value, &size, NULL, 0) == 0 ? value : 0;
}

void ls_allocator_figures(struct ls_allocator_figures *out) {
    // The figures are a copy that is renewed by counting the epoch on.
    uint64_t epoch = 1;
    size_t size = sizeof epoch;
    (void)mallctl("epoch", &epoch, &size, &epoch, size);
    out->allocated = figure("stats.allocated"), out->active = figure("stats.active");
    out->resident = figure("stats.resident"), out->retained = figure("stats.retained");
}

static const uint64_t *counter(const char *name) {
    static const uint64_t none;
    uint64_t *address = NULL;
    size_t size = sizeof address;
    return mallctl(name, &address, &size, NULL, 0) == 0 && address ? address : &none;
}

const uint64_t *ls_thread_allocated(void) { return counter("thread.allocatedp"); }
const uint64_t *ls_thread_freed(void) { return counter("thread.deallocatedp"); }

void ls_allocator_purge(void) {
    // What this thread holds in its cache would keep pages, and counts as allocated.
    (void)mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
    // 4096 is jemalloc's number for all arenas.
    (void)mallctl("arena.4096.purge", NULL, NULL, NULL, 0);
}

void ls_allocator_background_purging(int enabled) {
    bool value = enabled != 0;
    (void)mallctl("background_thread", NULL, NULL, &value, sizeof value);
}

struct text {
    char *out;
    size_t count, size;
};

static void append(void *target, const char *part) {
    struct text *text = target;
    size_t count = strlen(part), room = text->size - text->count;
    if (count > room) count = room;
    memcpy(text->out + text->count, part, count);
    text->count += count;
}

size_t ls_allocator_report(char *out, size_t size) {
    struct text text = {.out = out, .size = size};
    malloc_stats_print(append, &text, NULL);
    return text.count;
}

int ls_allocator_control(const char *name, uint64_t *out, const uint64_t *in) {
    size_t out_size = sizeof *out, in_size = sizeof *in;
    return mallctl(name, out, out ? &out_size : NULL, (void *)in, in ? in_size : 0);
}
