#include "interpreter.h"
#include <stdlib.h>
#include <string.h>

// What a run may leave allocated for the next.
enum { usual_capacity = 64 << 10 };

void bytes_append(struct bytes *self, const void *more, size_t count) {
    if (count > self->capacity - self->count) {
        size_t larger = self->capacity ? self->capacity : 256;
        while (larger - self->count < count) larger *= 2;
        unsigned char *moved = realloc(self->start, larger);
        if (!moved) abort();
        self->start = moved;
        self->capacity = larger;
    }
    memcpy(self->start + self->count, more, count);
    self->count += count;
}

void bytes_append_text(struct bytes *self, const char *text) {
    bytes_append(self, text, strlen(text));
}

void bytes_clear(struct bytes *self) {
    if (self->capacity > usual_capacity) bytes_free(self);
    self->count = 0;
}

void bytes_free(struct bytes *self) {
    free(self->start);
    *self = (struct bytes){0};
}
