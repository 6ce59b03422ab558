// Runs of bits and of small numbers, in words as wide as the processor has them.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The number of bits that are set.
uint64_t ls_bits_count(const void *data, size_t count);

// The target becomes what it and the source have in common, have together, have one alone. The two
// are the same run or do not overlap.
static inline void ls_bits_and(unsigned char *target, const unsigned char *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] &= source[i];
}
static inline void ls_bits_or(unsigned char *target, const unsigned char *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] |= source[i];
}
static inline void ls_bits_xor(unsigned char *target, const unsigned char *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] ^= source[i];
}
static inline void ls_bits_not(unsigned char *target, const unsigned char *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = (unsigned char)~source[i];
}

// The larger of two bytes at each place.
static inline void ls_bytes_max(unsigned char *target, const unsigned char *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = target[i] < source[i] ? source[i] : target[i];
}

// Spreads numbers of six bits, the first in the lowest bits of the first byte, to a byte each.
// `count` numbers, a multiple of four.
void ls_sixes_unpack(unsigned char *target, const unsigned char *packed, size_t count);

// Adds to each of 64 counters how many of the bytes have its value; the bytes are below 64, their
// count is a multiple of eight.
void ls_sixes_tally(uint32_t counters[64], const unsigned char *values, size_t count);
