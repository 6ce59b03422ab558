// The allocator's own figures and controls.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct ls_allocator_figures {
    uint64_t allocated, active, resident, retained;
};
void ls_allocator_figures(struct ls_allocator_figures *out);

// The calling thread's counters of bytes allocated and freed since it began; valid as long as it
// lives, and only changed by it.
const uint64_t *ls_thread_allocated(void);
const uint64_t *ls_thread_freed(void);

void ls_allocator_purge(void);
void ls_allocator_background_purging(int enabled);
// Writes the allocator's report, cut to `size`, and returns its length.
size_t ls_allocator_report(char *out, size_t size);
// Reads or sets a control by name (MALLCTL, size_t). 0 or an error number.
int ls_allocator_control(const char *name, uint64_t *out, const uint64_t *in);
