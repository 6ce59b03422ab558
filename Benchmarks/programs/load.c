/* A load generator that reports every interval apart, so that 'before' and 'during' can be told.
 *
 * Usage: load PORT CLIENTS PIPELINE SECONDS KEYS VALUE_SIZE get|set|fill SEED [--tls]
 * With `--tls` the connections are encrypted; the server's certificate is not looked at.
 * `fill` writes every key once, in order, and ends. Keys are `key:` and twelve digits, as
 * redis-benchmark writes them. Output: one line per 50 ms interval,
 *   <ms since the epoch> <replies> <bucket>:<count> …
 * A bucket is the latency in microseconds with 6 bits of precision (see `bucket_of`).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { buckets = 2048, interval_us = 50000 };

struct client {
    int fd, waiting;
    SSL *tls;
    uint64_t sent;
    char *output;
    char input[1 << 16];
    int used;
};

static uint64_t counts[buckets];
static uint64_t replies_in_interval;

static uint64_t now_us(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

/* 0…63 exactly, then 32 buckets for each doubling. */
static int bucket_of(uint64_t us) {
    if (us < 64) return (int)us;
    int shift = 63 - __builtin_clzll(us) - 5;
    int bucket = (shift + 1) * 32 + (int)((us >> shift) & 31);
    return bucket < buckets ? bucket : buckets - 1;
}

static uint64_t random_state;
static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void report(uint64_t wall_ms) {
    printf("%llu %llu", (unsigned long long)wall_ms, (unsigned long long)replies_in_interval);
    for (int b = 0; b < buckets; b++)
        if (counts[b]) printf(" %d:%llu", b, (unsigned long long)counts[b]);
    printf("\n");
    fflush(stdout);
    memset(counts, 0, sizeof counts);
    replies_in_interval = 0;
}

static ssize_t receive(struct client *c) {
    char *target = c->input + c->used;
    size_t room = sizeof c->input - (size_t)c->used;
    return c->tls ? SSL_read(c->tls, target, (int)room) : read(c->fd, target, room);
}

static ssize_t transmit(struct client *c, const char *bytes, size_t size) {
    return c->tls ? SSL_write(c->tls, bytes, (int)size) : write(c->fd, bytes, size);
}

int main(int argc, char **argv) {
    if (argc < 9) return 2;
    int port = atoi(argv[1]), client_count = atoi(argv[2]), pipeline = atoi(argv[3]);
    double seconds = atof(argv[4]);
    uint64_t keys = strtoull(argv[5], NULL, 10), next_key = 0, done = 0;
    int value_size = atoi(argv[6]);
    int get = !strcmp(argv[7], "get"), fill = !strcmp(argv[7], "fill");
    random_state = strtoull(argv[8], NULL, 10) * 2654435769u + 88172645463325252u;

    SSL_CTX *tls = argc > 9 && !strcmp(argv[9], "--tls") ? SSL_CTX_new(TLS_client_method()) : NULL;

    char *value = malloc((size_t)value_size + 1);
    int poll = epoll_create1(0);
    struct client *clients = calloc((size_t)client_count, sizeof *clients);
    for (int i = 0; i < client_count; i++) {
        struct client *c = &clients[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) {
            perror("connect");
            return 1;
        }
        int yes = 1;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (tls) {
            c->tls = SSL_new(tls);
            if (!SSL_set_fd(c->tls, c->fd) || SSL_connect(c->tls) != 1) {
                fprintf(stderr, "the handshake failed\n");
                return 1;
            }
        }
        c->output = malloc((size_t)pipeline * (size_t)(value_size + 80));
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
        epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
    }

    uint64_t start = now_us(CLOCK_MONOTONIC), end = start + (uint64_t)(seconds * 1e6);
    uint64_t interval_end = start + interval_us;
    struct epoll_event events[1024];
    for (;;) {
        uint64_t now = now_us(CLOCK_MONOTONIC);
        if (now >= interval_end) {
            report(now_us(CLOCK_REALTIME) / 1000);
            interval_end += interval_us * ((now - interval_end) / interval_us + 1);
        }
        if (fill ? done >= keys : now >= end) break;
        for (int i = 0; i < client_count; i++) {
            struct client *c = &clients[i];
            if (c->waiting) continue;
            size_t size = 0;
            int batch = 0;
            for (; batch < pipeline; batch++) {
                uint64_t key;
                if (fill) {
                    if (next_key >= keys) break;
                    key = next_key++;
                } else {
                    key = next_random() % keys;
                }
                if (get) {
                    size += (size_t)sprintf(c->output + size, "*2\r\n$3\r\nGET\r\n$16\r\nkey:%012llu\r\n", (unsigned long long)key);
                } else {
                    for (int v = 0; v < value_size; v += 8) {
                        uint64_t bits = next_random();
                        for (int b = 0; b < 8 && v + b < value_size; b++, bits >>= 8)
                            value[v + b] = (char)('a' + (bits & 15));
                    }
                    size += (size_t)sprintf(c->output + size, "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012llu\r\n$%d\r\n", (unsigned long long)key, value_size);
                    memcpy(c->output + size, value, (size_t)value_size);
                    size += (size_t)value_size;
                    memcpy(c->output + size, "\r\n", 2);
                    size += 2;
                }
            }
            if (!batch) continue;
            c->waiting = batch;
            c->sent = now_us(CLOCK_MONOTONIC);
            for (size_t written = 0; written < size;) {
                ssize_t n = transmit(c, c->output + written, size - written);
                if (n <= 0) {
                    perror("write");
                    return 1;
                }
                written += (size_t)n;
            }
        }
        int ready = epoll_wait(poll, events, 1024, 5);
        for (int i = 0; i < ready; i++) {
            struct client *c = events[i].data.ptr;
        again:;
            ssize_t n = receive(c);
            if (n <= 0) {
                fprintf(stderr, "the server closed the connection\n");
                return 1;
            }
            c->used += (int)n;
            uint64_t latency = now_us(CLOCK_MONOTONIC) - c->sent;
            int place = 0;
            while (place < c->used) {
                char *line = memchr(c->input + place, '\n', (size_t)(c->used - place));
                if (!line) break;
                int next = (int)(line - c->input) + 1;
                if (c->input[place] == '$' && c->input[place + 1] != '-')
                    next += atoi(c->input + place + 1) + 2;
                if (next > c->used) break;
                if (c->input[place] == '-') {
                    fprintf(stderr, "%.*s\n", next - place, c->input + place);
                    return 1;
                }
                place = next;
                c->waiting--;
                done++;
                replies_in_interval++;
                counts[bucket_of(latency)]++;
            }
            memmove(c->input, c->input + place, (size_t)(c->used - place));
            c->used -= place;
            /* What the library has taken from the socket is told of by nobody. */
            if (c->tls && SSL_has_pending(c->tls)) goto again;
        }
    }
    report(now_us(CLOCK_REALTIME) / 1000);
    return 0;
}
