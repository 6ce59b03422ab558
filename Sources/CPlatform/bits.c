#include "bits.h"

#include <string.h>

static uint64_t word_at(const unsigned char *data) {
    uint64_t word;
    memcpy(&word, data, 8);
    return word;
}

#define COUNT_IN_WORDS                                                                       \
    uint64_t a = 0, b = 0, c = 0, d = 0;                                                     \
    for (; count >= 32; count -= 32, data += 32) {                                           \
        a += (uint64_t)__builtin_popcountll(word_at(data));                                  \
        b += (uint64_t)__builtin_popcountll(word_at(data + 8));                              \
        c += (uint64_t)__builtin_popcountll(word_at(data + 16));                             \
        d += (uint64_t)__builtin_popcountll(word_at(data + 24));                             \
    }                                                                                        \
    for (; count > 0; count--, data++) a += (uint64_t)__builtin_popcount(*data);             \
    return a + b + c + d;

static uint64_t count_plain(const unsigned char *data, size_t count) { COUNT_IN_WORDS }

static void unpack_plain(unsigned char *target, const unsigned char *packed, size_t count) {
    for (size_t i = 0; i < count; i += 4, packed += 3) {
        uint32_t three = packed[0] | (uint32_t)packed[1] << 8 | (uint32_t)packed[2] << 16;
        target[i] = three & 63;
        target[i + 1] = three >> 6 & 63;
        target[i + 2] = three >> 12 & 63;
        target[i + 3] = (unsigned char)(three >> 18);
    }
}

static void tally_plain(uint32_t counters[64], const unsigned char *values, size_t count) {
    // Four tables, since equal values in a row would wait for each other in one.
    uint32_t tables[4][64] = {0};
    for (size_t i = 0; i < count; i += 8) {
        uint64_t eight = word_at(values + i);
        tables[0][eight & 63]++;
        tables[1][eight >> 8 & 63]++;
        tables[2][eight >> 16 & 63]++;
        tables[3][eight >> 24 & 63]++;
        tables[0][eight >> 32 & 63]++;
        tables[1][eight >> 40 & 63]++;
        tables[2][eight >> 48 & 63]++;
        tables[3][eight >> 56 & 63]++;
    }
    for (int i = 0; i < 64; i++)
        counters[i] += tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i];
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("popcnt"))) static uint64_t
count_popcnt(const unsigned char *data, size_t count) { COUNT_IN_WORDS }

// How many bits half a byte has, looked up for 32 bytes at once.
__attribute__((target("avx2"))) static __m256i count_each(__m256i bytes) {
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i counts = _mm256_setr_epi8(
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    __m256i lower = _mm256_shuffle_epi8(counts, _mm256_and_si256(bytes, low));
    __m256i upper = _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low));
    return _mm256_add_epi8(lower, upper);
}

__attribute__((target("avx2,popcnt"))) static uint64_t
count_avx2(const unsigned char *data, size_t count) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i sum = zero;
    for (; count >= 128; count -= 128, data += 128) {
        _mm_prefetch((const char *)data + 2048, _MM_HINT_T0);
        _mm_prefetch((const char *)data + 2112, _MM_HINT_T0);
        const __m256i *wide = (const __m256i *)data;
        // Four counts of at most eight a byte stay below 256.
        __m256i first = _mm256_add_epi8(
            count_each(_mm256_loadu_si256(wide)), count_each(_mm256_loadu_si256(wide + 1)));
        __m256i second = _mm256_add_epi8(
            count_each(_mm256_loadu_si256(wide + 2)), count_each(_mm256_loadu_si256(wide + 3)));
        sum = _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_add_epi8(first, second), zero));
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, sum);
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] + count_popcnt(data, count);
}

// Every three bytes come to stand in 32 bits of their own, and are drawn apart there.
__attribute__((target("avx2"))) static void
unpack_avx2(unsigned char *target, const unsigned char *packed, size_t count) {
    const __m256i spread = _mm256_setr_epi8(
        0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,
        0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    const __m256i mask = _mm256_set1_epi32(63);
    size_t done = 0;
    // Sixteen bytes are read where twelve are used, so the last numbers are left over.
    for (; done + 64 <= count; done += 32, packed += 24) {
        __m256i lanes = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)packed)),
            _mm_loadu_si128((const __m128i *)(packed + 12)), 1);
        lanes = _mm256_shuffle_epi8(lanes, spread);
        __m256i first = _mm256_and_si256(lanes, mask);
        __m256i second = _mm256_and_si256(_mm256_slli_epi32(lanes, 2), _mm256_slli_epi32(mask, 8));
        __m256i third = _mm256_and_si256(_mm256_slli_epi32(lanes, 4), _mm256_slli_epi32(mask, 16));
        __m256i fourth = _mm256_and_si256(_mm256_slli_epi32(lanes, 6), _mm256_slli_epi32(mask, 24));
        __m256i all = _mm256_or_si256(_mm256_or_si256(first, second), _mm256_or_si256(third, fourth));
        _mm256_storeu_si256((__m256i *)(target + done), all);
    }
    unpack_plain(target + done, packed, count - done);
}

__attribute__((target("avx2"))) static uint32_t sum_of_bytes(__m256i bytes) {
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
    return (uint32_t)(lanes[0] + lanes[1] + lanes[2] + lanes[3]);
}

// Counts eight values from `first` on in 32 bytes at a time.
__attribute__((target("avx2"))) static void
tally_eight(uint32_t counters[64], int first, const unsigned char *values, size_t count) {
    enum { values_at_once = 8, rounds_max = 255 };
    __m256i wanted[values_at_once];
    for (int i = 0; i < values_at_once; i++) wanted[i] = _mm256_set1_epi8((char)(first + i));
    while (count > 0) {
        size_t rounds = count / 32 < rounds_max ? count / 32 : rounds_max;
        __m256i sums[values_at_once] = {0};
        for (size_t round = 0; round < rounds; round++) {
            __m256i bytes = _mm256_loadu_si256((const __m256i *)(values + 32 * round));
            for (int i = 0; i < values_at_once; i++)
                sums[i] = _mm256_sub_epi8(sums[i], _mm256_cmpeq_epi8(bytes, wanted[i]));
        }
        for (int i = 0; i < values_at_once; i++) counters[first + i] += sum_of_bytes(sums[i]);
        values += 32 * rounds, count -= 32 * rounds;
    }
}

// Registers of one set lie close together, so a few values are looked for in all of them.
__attribute__((target("avx2"))) static void
tally_avx2(uint32_t counters[64], const unsigned char *values, size_t count) {
    __m256i least = _mm256_set1_epi8(63), most = _mm256_setzero_si256();
    for (size_t i = 0; i < count; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(values + i));
        least = _mm256_min_epu8(least, bytes), most = _mm256_max_epu8(most, bytes);
    }
    unsigned char lows[32], highs[32];
    _mm256_storeu_si256((__m256i *)lows, least), _mm256_storeu_si256((__m256i *)highs, most);
    int low = 63, high = 0;
    for (int i = 0; i < 32; i++) {
        if (lows[i] < low) low = lows[i];
        if (highs[i] > high) high = highs[i];
    }
    for (int first = low & ~7; first <= high; first += 8) tally_eight(counters, first, values, count);
}

uint64_t ls_bits_count(const void *data, size_t count) {
    if (count >= 256 && __builtin_cpu_supports("avx2")) return count_avx2(data, count);
    return __builtin_cpu_supports("popcnt") ? count_popcnt(data, count) : count_plain(data, count);
}

void ls_sixes_unpack(unsigned char *target, const unsigned char *packed, size_t count) {
    if (__builtin_cpu_supports("avx2")) return unpack_avx2(target, packed, count);
    unpack_plain(target, packed, count);
}

void ls_sixes_tally(uint32_t counters[64], const unsigned char *values, size_t count) {
    if (count % 32 == 0 && __builtin_cpu_supports("avx2")) return tally_avx2(counters, values, count);
    tally_plain(counters, values, count);
}
#else
uint64_t ls_bits_count(const void *data, size_t count) { return count_plain(data, count); }

void ls_sixes_unpack(unsigned char *target, const unsigned char *packed, size_t count) {
    unpack_plain(target, packed, count);
}

void ls_sixes_tally(uint32_t counters[64], const unsigned char *values, size_t count) {
    tally_plain(counters, values, count);
}
#endif
