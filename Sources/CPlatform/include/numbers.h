// Numbers whose C type Swift lacks on some machines: `long double`, as Redis's INCRBYFLOAT uses it.
#pragma once
#include <stddef.h>

// The text of `left + right`, in Redis's human form (no exponent, no trailing zeros), in `out`.
// Returns its length, -1 when `left` is not a number, -2 when `right` is not, -3 when the sum is
// NaN or infinite.
int ls_add_decimals(
    const char *left, size_t left_count, const char *right, size_t right_count, char *out,
    size_t out_size);

// `%.17g` of a double. Returns the length.
int ls_format_double(double value, char *out, size_t out_size);

// A whole run as a double in the looser way of SORT: blanks may come first, nothing is 0; what is too
// large or too small is refused. Returns 0 or -1.
int ls_parse_score(const char *text, size_t count, double *out);

// A whole run as a double. Returns 0, or -1 when it is not one number from end to end.
int ls_parse_double(const char *text, size_t count, double *out);
// The same, but what is beyond a double becomes infinite or 0.
int ls_parse_double_or_limit(const char *text, size_t count, double *out);

// A double with so many digits behind the point. Returns the length, of which `out_size` allows.
int ls_format_fixed(double value, int digits, char *out, size_t out_size);
