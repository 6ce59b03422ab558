#include "memory.h"

#include <sys/mman.h>

void *ls_allocate_huge(size_t size) {
    void *memory = mallocx(size, MALLOCX_ALIGN(size));
    if (memory) madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}
