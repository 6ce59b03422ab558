// The system's allocator behind jemalloc's names, for builds under the address sanitizer: it sees
// only what goes through malloc and free. Figures and controls are not there.
#pragma once
#ifdef LS_SYSTEM_ALLOCATOR
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define MALLOCX_LG_ALIGN(log2) (log2)
#define MALLOCX_ALIGN(size) (__builtin_ctzl(size))
#define MALLOCX_ZERO (1 << 6)

// What jemalloc would reserve for a size: entries are overwritten up to it.
static inline size_t ls_size_class(size_t size) {
    if (size <= 128) return size <= 8 ? 8 : (size + 15) & ~(size_t)15;
    size_t step = (size_t)1 << (63 - __builtin_clzl(size - 1) - 2);
    return (size + step - 1) & ~(step - 1);
}
static inline void *mallocx(size_t size, int flags) {
    size_t alignment = (size_t)1 << (flags & 63);
    if (alignment < sizeof(void *)) alignment = sizeof(void *);
    void *memory = NULL;
    if (posix_memalign(&memory, alignment, ls_size_class(size)) != 0) return NULL;
    return flags & MALLOCX_ZERO ? memset(memory, 0, size) : memory;
}
static inline void *rallocx(void *memory, size_t size, int flags) {
    (void)flags;
    return realloc(memory, ls_size_class(size));
}
static inline void sdallocx(void *memory, size_t size, int flags) {
    (void)size, (void)flags;
    free(memory);
}
static inline size_t sallocx(const void *memory, int flags) {
    (void)flags;
    return malloc_usable_size((void *)memory);
}
static inline int mallctl(const char *name, void *out, size_t *out_size, void *in, size_t in_size) {
    (void)name, (void)out, (void)out_size, (void)in, (void)in_size;
    return ENOENT;
}
static inline void malloc_stats_print(
    void (*write)(void *, const char *), void *target, const char *options) {
    (void)write, (void)target, (void)options;
}
#endif
