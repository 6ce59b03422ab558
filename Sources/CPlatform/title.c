#define _GNU_SOURCE
#include "system.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What process lists show is the memory of the arguments, which the environment follows. The
// environment is moved away so that a title may be longer than the arguments were.
static char *title_start;
static size_t title_size;

__attribute__((constructor)) static void find_room(int count, char **arguments, char **environment) {
    if (count < 1 || !arguments[0]) return;
    char *end = arguments[0];
    for (int i = 0; i < count; i++)
        if (arguments[i] == end) end += strlen(end) + 1;
    for (char **entry = environment; *entry; entry++)
        if (*entry == end) end += strlen(end) + 1;
    title_start = arguments[0];
    title_size = (size_t)(end - title_start);
}

static int move_environment(void) {
    static int is_moved;
    if (is_moved) return 1;
    size_t count = 0;
    while (environ[count]) count++;
    char **copy = calloc(count + 1, sizeof *copy);
    if (!copy) return 0;
    for (size_t i = 0; i < count; i++)
        if (!(copy[i] = strdup(environ[i]))) return 0;
    environ = copy;
    return is_moved = 1;
}

int ls_set_title(const char *title) {
    if (title_size < 2 || !move_environment()) return 0;
    size_t count = strlen(title);
    if (count > title_size - 1) count = title_size - 1;
    memcpy(title_start, title, count);
    memset(title_start + count, 0, title_size - count);
    return 1;
}
