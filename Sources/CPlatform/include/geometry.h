// The C library's trigonometry, so that distances have the same last digit as Redis's.
#pragma once
#include <math.h>

static inline double ls_sine(double angle) { return sin(angle); }
static inline double ls_cosine(double angle) { return cos(angle); }
static inline double ls_arc_sine(double sine) { return asin(sine); }
