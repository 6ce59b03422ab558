/* Subscribers that only count: they read what a channel brings until it was enough.
 *
 * Usage: subscribers PORT COUNT CHANNEL BYTES
 * Prints `ready` once all have subscribed, and ends when each has received BYTES bytes after that.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct subscriber {
    int fd;
    uint64_t received;
};

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]);
    uint64_t wanted = strtoull(argv[4], NULL, 10);
    char request[256], reply[256];
    int size = snprintf(request, sizeof request, "*2\r\n$9\r\nSUBSCRIBE\r\n$%zu\r\n%s\r\n", strlen(argv[3]), argv[3]);
    int answer = snprintf(reply, sizeof reply, "*3\r\n$9\r\nsubscribe\r\n$%zu\r\n%s\r\n:1\r\n", strlen(argv[3]), argv[3]);
    if (size >= (int)sizeof request || answer >= (int)sizeof reply) return 2;

    int poll = epoll_create1(0);
    struct subscriber *subscribers = calloc((size_t)count, sizeof *subscribers);
    for (int i = 0; i < count; i++) {
        struct subscriber *s = &subscribers[i];
        s->fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(s->fd, (struct sockaddr *)&address, sizeof address)) {
            perror("connect");
            return 1;
        }
        if (write(s->fd, request, (size_t)size) != size) return 1;
        for (int seen = 0; seen < answer;) {
            char text[256];
            ssize_t n = read(s->fd, text, (size_t)(answer - seen));
            if (n <= 0 || memcmp(text, reply + seen, (size_t)n)) {
                fprintf(stderr, "the server did not take the subscription\n");
                return 1;
            }
            seen += (int)n;
        }
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = s };
        epoll_ctl(poll, EPOLL_CTL_ADD, s->fd, &event);
    }
    printf("ready\n");
    fflush(stdout);

    static char sink[1 << 20];
    struct epoll_event events[1024];
    for (int done = 0; done < count;) {
        int ready = epoll_wait(poll, events, 1024, -1);
        for (int i = 0; i < ready; i++) {
            struct subscriber *s = events[i].data.ptr;
            ssize_t n = read(s->fd, sink, sizeof sink);
            if (n <= 0) {
                fprintf(stderr, "the server closed the connection\n");
                return 1;
            }
            int before = s->received >= wanted;
            s->received += (uint64_t)n;
            done += !before && s->received >= wanted;
        }
    }
    return 0;
}
