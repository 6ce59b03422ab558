#include "checksum.h"

#if defined(__x86_64__)
#include <immintrin.h>

// A lane of 128 bits is multiplied by x to the power of the distance to where it is added. The
// constants are x^575, x^511 (four lanes ahead), x^191 and x^127 (one lane) modulo the polynomial,
// reflected; the missing power is the shift by one that multiplying reflected words leaves.
__attribute__((target("pclmul,sse2"))) static __m128i
fold(__m128i lane, __m128i constants, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(lane, constants, 0x00);
    __m128i high = _mm_clmulepi64_si128(lane, constants, 0x11);
    return _mm_xor_si128(next, _mm_xor_si128(low, high));
}

__attribute__((target("pclmul,sse2"))) static void
fold_all(const __m128i *data, size_t lanes, uint64_t sum, unsigned char *remainder) {
    const __m128i four = _mm_set_epi64x((long long)0xf49784a634f014e4, (long long)0xaf86efb16d9ab4fb);
    const __m128i one = _mm_set_epi64x((long long)0x381d0015c96f4444, (long long)0xd9d7be7d505da32c);
    __m128i a = _mm_xor_si128(_mm_loadu_si128(data), _mm_set_epi64x(0, (long long)sum));
    __m128i b = _mm_loadu_si128(data + 1), c = _mm_loadu_si128(data + 2);
    __m128i d = _mm_loadu_si128(data + 3);
    for (size_t i = 4; i < lanes; i += 4) {
        a = fold(a, four, _mm_loadu_si128(data + i));
        b = fold(b, four, _mm_loadu_si128(data + i + 1));
        c = fold(c, four, _mm_loadu_si128(data + i + 2));
        d = fold(d, four, _mm_loadu_si128(data + i + 3));
    }
    _mm_storeu_si128((__m128i *)remainder, fold(fold(fold(a, one, b), one, c), one, d));
}

int ls_crc64_fold(const void *data, size_t count, uint64_t sum, unsigned char remainder[16]) {
    if (!__builtin_cpu_supports("pclmul")) return 0;
    fold_all((const __m128i *)data, count / 16, sum, remainder);
    return 1;
}
#else
int ls_crc64_fold(const void *data, size_t count, uint64_t sum, unsigned char remainder[16]) {
    (void)data, (void)count, (void)sum, (void)remainder;
    return 0;
}
#endif
