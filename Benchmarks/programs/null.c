/* A server that does nothing: it counts requests and writes as many fixed replies.
 *
 * What it needs per request is what the kernel needs: the floor under every server that reads and
 * writes through epoll. Usage: null PORT get|set. It assumes what the generator does: requests are
 * arrays of bulk strings, and those of one connection mostly have the same length.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 1 << 16, connections_max = 4096 };

struct connection {
    char input[room];
    int used;
};

static struct connection *connections[connections_max];

/* The length of the request at `at`, or 0 when it is not complete. */
static int request_length(const char *at, int size) {
    const char *place = at, *end = at + size;
    if (*place != '*') {
        const char *line = memchr(place, '\n', (size_t)size);
        return line ? (int)(line - at) + 1 : 0;
    }
    long count = strtol(place + 1, NULL, 10);
    place = memchr(place, '\n', (size_t)(end - place));
    if (!place) return 0;
    place++;
    while (count-- > 0) {
        if (place >= end) return 0;
        long length = strtol(place + 1, NULL, 10);
        const char *line = memchr(place, '\n', (size_t)(end - place));
        if (!line) return 0;
        place = line + 1 + length + 2;
    }
    return place <= end ? (int)(place - at) : 0;
}

int main(int count, char **words) {
    const char *reply = count > 2 && !strcmp(words[2], "get") ? "$3\r\nxxx\r\n" : "+OK\r\n";
    size_t reply_size = strlen(reply);
    static char output[1 << 20];
    for (size_t place = 0; place + reply_size <= sizeof output; place += reply_size)
        memcpy(output + place, reply, reply_size);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[1])) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("listen");
        return 1;
    }
    int poll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[1024];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);

    for (;;) {
        int ready = epoll_wait(poll, events, 1024, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (client < 0 || client >= connections_max) continue;
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                connections[client] = calloc(1, sizeof(struct connection));
                event = (struct epoll_event){ .events = EPOLLIN, .data.fd = client };
                epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
                continue;
            }
            struct connection *c = connections[fd];
            ssize_t size = read(fd, c->input + c->used, (size_t)(room - c->used));
            if (size <= 0) {
                if (size < 0 && errno == EAGAIN) continue;
                close(fd);
                free(c);
                continue;
            }
            c->used += (int)size;
            int place = 0, length = 0;
            size_t replies = 0;
            while (place < c->used) {
                /* A request as long as the last one, followed by another or by nothing. */
                int next = place + length;
                if (!length || next > c->used || c->input[place] != '*' ||
                    (next < c->used && c->input[next] != '*'))
                    length = request_length(c->input + place, c->used - place);
                if (!length) break;
                place += length;
                replies++;
            }
            memmove(c->input, c->input + place, (size_t)(c->used - place));
            c->used -= place;
            if (replies && write(fd, output, replies * reply_size) < 0) perror("write");
        }
    }
}
