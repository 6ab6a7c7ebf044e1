// The least work that one thread can do on this kernel to hand a message to the members of a room: what servers are held
// against. It checks nothing, keeps nothing and drops nobody.
//
//   limit 1write PORT     a send() per message and member, of a frame built once
//   limit coalesced PORT  what came with one epoll_wait leaves with one send() per member
//
// GET /?room=N with an upgrade joins room N (0 to 99999). A text frame from a member goes to all of its room, itself included.
// Build: cc -O2 -o limit limit.c
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOMS = 100000, EVENTS = 512, INPUT = 1 << 18 };

struct bytes { uint8_t *at; int length, room; };

struct member {
  int fd, joined, place;
  struct room *room;
  struct bytes in;   // the beginning of what has not come whole
  struct bytes out;  // what the socket had no room for
};

struct room {
  struct member **members;
  int count, most, waits;
  struct bytes pending;  // frames to be written at the end of the turn
};

static struct room rooms[ROOMS];
static struct room *waiting[ROOMS];
static int waiting_count, poller, coalesced;
static uint8_t input[INPUT];

static void *must(void *memory) {
  if (!memory) { perror("memory"); exit(1); }
  return memory;
}

static void append(struct bytes *to, const uint8_t *from, int length) {
  if (to->length + length > to->room) {
    to->room = (to->length + length) * 2;
    to->at = must(realloc(to->at, to->room));
  }
  memcpy(to->at + to->length, from, length);
  to->length += length;
}

static void drop_front(struct bytes *of, int length) {
  of->length -= length;
  memmove(of->at, of->at + length, of->length);
}

static void listen_for(struct member *m, uint32_t events) {
  struct epoll_event e = {.events = events, .data.ptr = m};
  epoll_ctl(poller, EPOLL_CTL_MOD, m->fd, &e);
}

static void put(struct member *m, const uint8_t *from, int length) {
  ssize_t sent = 0;
  if (!m->out.length) {
    sent = send(m->fd, from, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == length) return;
    if (sent < 0) {
      if (errno != EAGAIN) return;  // gone; the poller tells
      sent = 0;
    }
    listen_for(m, EPOLLIN | EPOLLOUT);
  }
  append(&m->out, from + sent, length - (int)sent);
}

static void put_rest(struct member *m) {
  ssize_t sent = send(m->fd, m->out.at, m->out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent <= 0) return;
  drop_front(&m->out, (int)sent);
  if (!m->out.length) listen_for(m, EPOLLIN);
}

static void put_to_all(struct room *r, const uint8_t *from, int length) {
  for (int i = 0; i < r->count; i++) put(r->members[i], from, length);
}

static void tell(struct room *r, const uint8_t *text, int length) {
  static struct bytes frame;
  struct bytes *to = coalesced ? &r->pending : &frame;
  uint8_t head[4] = {0x81, (uint8_t)length};
  int size = 2;
  if (length > 125) {
    head[1] = 126; head[2] = (uint8_t)(length >> 8); head[3] = (uint8_t)length;
    size = 4;
  }
  append(to, head, size);
  append(to, text, length);
  if (!coalesced) {
    put_to_all(r, frame.at, frame.length);
    frame.length = 0;
  } else if (!r->waits) {
    r->waits = 1;
    waiting[waiting_count++] = r;
  }
}

static void end_turn(void) {
  for (int i = 0; i < waiting_count; i++) {
    struct room *r = waiting[i];
    put_to_all(r, r->pending.at, r->pending.length);
    r->pending.length = r->waits = 0;
  }
  waiting_count = 0;
}

static void join(struct member *m, const uint8_t *head, int length) {
  // The answer to the one key that the client uses.
  static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  const uint8_t *name = memmem(head, length, "room=", 5);
  int number = name ? atoi((const char *)name + 5) : 0;
  struct room *r = &rooms[number >= 0 && number < ROOMS ? number : 0];
  if (r->count == r->most) {
    r->most = r->most ? r->most * 2 : 16;
    r->members = must(realloc(r->members, r->most * sizeof *r->members));
  }
  m->room = r;
  m->place = r->count;
  m->joined = 1;
  r->members[r->count++] = m;
  put(m, (const uint8_t *)answer, sizeof answer - 1);
}

static void leave(struct member *m) {
  if (m->joined) {
    struct room *r = m->room;
    r->members[m->place] = r->members[--r->count];
    r->members[m->place]->place = m->place;
  }
  close(m->fd);
  free(m->in.at);
  free(m->out.at);
  free(m);
}

// Bytes taken, or -1 where the member is to be dropped.
static int take(struct member *m, uint8_t *data, int length) {
  int used = 0;
  for (;;) {
    uint8_t *at = data + used;
    int left = length - used;
    if (!m->joined) {
      uint8_t *end = memmem(at, left, "\r\n\r\n", 4);
      if (!end) return used;
      join(m, at, (int)(end - at));
      used += (int)(end - at) + 4;
      continue;
    }
    if (left < 6) return used;
    int size = at[1] & 127, head = 6;
    if (size == 126) { size = at[2] << 8 | at[3]; head = 8; }
    if (size == 127 || (at[0] & 15) == 8) return -1;
    if (left < head + size) return used;
    for (int i = 0; i < size; i++) at[head + i] ^= at[head - 4 + (i & 3)];
    if ((at[0] & 15) == 1) tell(m->room, at + head, size);
    used += head + size;
  }
}

static void hear(struct member *m) {
  if (m->in.length) memcpy(input, m->in.at, m->in.length);
  ssize_t came = recv(m->fd, input + m->in.length, INPUT - m->in.length, 0);
  if (came < 0 && errno == EAGAIN) return;
  int length = (int)came + m->in.length;
  int used = came > 0 ? take(m, input, length) : -1;
  if (used < 0) { leave(m); return; }
  m->in.length = 0;
  if (used < length) append(&m->in, input + used, length - used);
}

static void welcome(int listener) {
  int fd, one = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct member *m = must(calloc(1, sizeof *m));
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = m};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    m->fd = fd;
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e);
  }
}

int main(int count, char **arguments) {
  if (count != 3) { fprintf(stderr, "limit 1write|coalesced PORT\n"); return 2; }
  coalesced = !strcmp(arguments[1], "coalesced");
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[2])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) { perror("bind"); return 1; }
  poller = epoll_create1(0);
  struct epoll_event events[EVENTS], e = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    int happened = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < happened; i++) {
      struct member *m = events[i].data.ptr;
      if (!m) { welcome(listener); continue; }
      if (events[i].events & EPOLLOUT) put_rest(m);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(m);
    }
    end_turn();
  }
}
