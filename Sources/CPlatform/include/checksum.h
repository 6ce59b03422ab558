// Carry-less multiplication, for checksums.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Folds bytes into sixteen that have the same CRC-64 ("Jones", reflected) from an initial sum of 0.
// `count` is a multiple of 64 and not 0; `sum` is the sum of what went before. Returns 0, and does
// nothing, on processors that cannot.
int ls_crc64_fold(const void *data, size_t count, uint64_t sum, unsigned char remainder[16]);
