#include "numbers.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { decimal_count_max = 5 * 1024 };

static int parse(const char *text, size_t count, long double *out) {
    char copy[decimal_count_max], *end;
    if (count == 0 || count >= sizeof copy) return -1;
    memcpy(copy, text, count), copy[count] = 0;
    errno = 0;
    *out = strtold(copy, &end);
    int out_of_range = errno == ERANGE && (*out == HUGE_VALL || *out == -HUGE_VALL || *out == 0);
    return isspace((unsigned char)copy[0]) || end != copy + count || out_of_range || isnan(*out)
        ? -1 : 0;
}

int ls_add_decimals(
    const char *left, size_t left_count, const char *right, size_t right_count, char *out,
    size_t out_size) {
    long double a, b;
    if (parse(left, left_count, &a)) return -1;
    if (parse(right, right_count, &b)) return -2;
    if (isnan(a + b) || isinf(a + b)) return -3;
    int count = snprintf(out, out_size, "%.17Lf", a + b);
    if (count < 0 || (size_t)count >= out_size) return -3;
    while (out[count - 1] == '0') count--;
    if (out[count - 1] == '.') count--;
    if (count == 2 && out[0] == '-' && out[1] == '0') out[0] = '0', count = 1;
    return count;
}

int ls_format_double(double value, char *out, size_t out_size) {
    return snprintf(out, out_size, "%.17g", value);
}

int ls_parse_score(const char *text, size_t count, double *out) {
    char copy[decimal_count_max], *end;
    if (count >= sizeof copy) return -1;
    memcpy(copy, text, count), copy[count] = 0;
    errno = 0;
    *out = strtod(copy, &end);
    return end != copy + count || errno == ERANGE || isnan(*out) ? -1 : 0;
}

int ls_parse_double(const char *text, size_t count, double *out) {
    char copy[decimal_count_max], *end;
    if (count == 0 || count >= sizeof copy) return -1;
    memcpy(copy, text, count), copy[count] = 0;
    errno = 0;
    *out = strtod(copy, &end);
    int out_of_range = errno == ERANGE && (*out == HUGE_VAL || *out == -HUGE_VAL || *out == 0);
    return isspace((unsigned char)copy[0]) || end != copy + count || out_of_range || isnan(*out)
        ? -1 : 0;
}

int ls_format_fixed(double value, int digits, char *out, size_t out_size) {
    int count = snprintf(out, out_size, "%.*f", digits, value);
    return count < (int)out_size ? count : (int)out_size - 1;
}

int ls_parse_double_or_limit(const char *text, size_t count, double *out) {
    char copy[decimal_count_max], *end;
    if (count == 0 || count >= sizeof copy) return -1;
    memcpy(copy, text, count), copy[count] = 0;
    *out = strtod(copy, &end);
    return isspace((unsigned char)copy[0]) || end != copy + count || isnan(*out) ? -1 : 0;
}
