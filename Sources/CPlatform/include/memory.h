// Memory: jemalloc's sized interface, short copies and comparisons, prefetch.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef LS_SYSTEM_ALLOCATOR
#include "system_allocator.h"
#else
#include <jemalloc/jemalloc.h>
#endif

static inline void *ls_allocate(size_t size) { return mallocx(size, 0); }
static inline void *ls_allocate_aligned(size_t size, int log2_alignment) {
    return mallocx(size, MALLOCX_LG_ALIGN(log2_alignment) | MALLOCX_ZERO);
}
static inline void *ls_reallocate(void *memory, size_t size) { return rallocx(memory, size, 0); }
static inline void ls_free(void *memory, size_t size) { sdallocx(memory, size, 0); }
static inline void ls_free_aligned(void *memory, size_t size, int log2_alignment) {
    sdallocx(memory, size, MALLOCX_LG_ALIGN(log2_alignment));
}
static inline size_t ls_allocation_size(const void *memory) { return sallocx(memory, 0); }

static inline void ls_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Equality of two runs of equal length; a key is usually shorter than the call of memcmp is worth.
static inline int ls_equal(const void *left, const void *right, size_t count) {
    const char *a = (const char *)left, *b = (const char *)right;
    if (count > 16) return memcmp(a, b, count) == 0;
    if (count >= 8) {
        uint64_t a1, b1, a2, b2;
        memcpy(&a1, a, 8), memcpy(&b1, b, 8);
        memcpy(&a2, a + count - 8, 8), memcpy(&b2, b + count - 8, 8);
        return ((a1 ^ b1) | (a2 ^ b2)) == 0;
    }
    if (count >= 4) {
        uint32_t a1, b1, a2, b2;
        memcpy(&a1, a, 4), memcpy(&b1, b, 4);
        memcpy(&a2, a + count - 4, 4), memcpy(&b2, b + count - 4, 4);
        return ((a1 ^ b1) | (a2 ^ b2)) == 0;
    }
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i]) return 0;
    return 1;
}

// A copy between runs that do not overlap, with the short lengths inline.
static inline void ls_copy(void *target, const void *source, size_t count) {
    char *to = (char *)target;
    const char *from = (const char *)source;
    if (count > 16) {
        memcpy(to, from, count);
    } else if (count >= 8) {
        uint64_t a, b;
        memcpy(&a, from, 8), memcpy(&b, from + count - 8, 8);
        memcpy(to, &a, 8), memcpy(to + count - 8, &b, 8);
    } else if (count >= 4) {
        uint32_t a, b;
        memcpy(&a, from, 4), memcpy(&b, from + count - 4, 4);
        memcpy(to, &a, 4), memcpy(to + count - 4, &b, 4);
    } else if (count) {
        to[0] = from[0];
        if (count > 1) to[1] = from[1], to[count - 1] = from[count - 1];
    }
}

// A bit for each of sixteen bytes that equals `byte`.
static inline uint32_t ls_match_16(const void *bytes, uint8_t byte) {
#if defined(__SSE2__)
    typedef char vector __attribute__((vector_size(16)));
    vector all;
    memcpy(&all, bytes, 16);
    return (uint32_t)__builtin_ia32_pmovmskb128(all == (vector){} + (char)byte);
#else
    uint32_t matches = 0;
    for (int i = 0; i < 16; i++)
        matches |= (uint32_t)(((const uint8_t *)bytes)[i] == byte) << i;
    return matches;
#endif
}

// A counter that grows steadily with time and costs a few nanoseconds to read.
static inline uint64_t ls_ticks(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#endif
}

// Memory aligned to its size (a power of two, at least 2 MiB), on huge pages where they are granted.
void *ls_allocate_huge(size_t size);
