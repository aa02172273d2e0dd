/*
 * echo.c
 *	  A bare epoll server over the cutter: what the network and the protocol
 *	  cost when nothing is stored.
 */
#include "echo.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "codec/stream.h"

#include "util.h"
#include "wire.h"

#define EVENTS 1024
#define INPUT 65536
#define DESCRIPTORS 16			/* that are no connections */
#define TURN_MOST_MS 100
#define ANSWERS (INPUT + GB_FRAME_MAX)	/* as many bytes as came, at most */

typedef struct peer
{
	int			fd;				/* -1: free */
	gb_cutter	cutter;
	uint8_t    *tail;			/* of a frame that is not whole yet */
	size_t		tail_len;
	uint8_t    *out;			/* what the socket did not take */
	size_t		out_len;
} peer;

typedef struct echo
{
	int			epoll;
	int			listener;
	long		peers;
	peer	   *peer;			/* by descriptor */
	gb_time		now;
	uint8_t		input[GB_FRAME_MAX + INPUT];
	uint8_t		answers[ANSWERS];
	size_t		answers_len;
} echo;

static int
listen_at(const sim_options *options)
{
	sim_options where = *options;
	sim_net		net;
	socklen_t	len = sizeof(net.address);
	int			on = 1;
	int			fd;

	where.udp = where.tls = false;
	sim_net_make(&net, &where);
	fd = socket(net.address.ss_family,
				SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *) &net.address, net.address_len) != 0 ||
		listen(fd, 4096) != 0 ||
		getsockname(fd, (struct sockaddr *) &net.address, &len) != 0)
		sim_die(SIM_USAGE, "%s, port %u: %m", options->host,
				(unsigned) options->port);
	/* the port lies at the same place for IPv4 and IPv6 */
	printf("listening on %s:%u\n", options->host, (unsigned)
		   ntohs(((struct sockaddr_in *) &net.address)->sin_port));
	fflush(stdout);
	return fd;
}

static void
watch(echo *e, int fd, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	epoll_ctl(e->epoll, operation, fd, &event);
}

static void
accept_all(echo *e)
{
	int			on = 1;
	int			fd;

	while ((fd = accept4(e->listener, NULL, NULL,
						 SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
	{
		if (fd >= e->peers)
		{
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		e->peer[fd] = (peer) {.fd = fd};
		watch(e, fd, EPOLL_CTL_ADD, EPOLLIN);
	}
}

static void
close_peer(peer *p)
{
	close(p->fd);
	free(p->tail);
	free(p->out);
	*p = (peer) {.fd = -1};
}

/* Answers never need more room than what they answer. */
static void
answer(echo *e, const gb_frame *frame, uint8_t command)
{
	e->answers_len += gb_frame_answer(frame, command, &e->now, NULL,
									  e->answers + e->answers_len);
}

/* Cut and answer; returns how much of the input is done with. */
static size_t
cut_input(echo *e, peer *p, size_t len)
{
	uint64_t	begin = p->cutter.consumed;
	size_t		done = 0;
	gb_frame	frame;
	gb_piece	piece;

	while ((piece = gb_cutter_next(&p->cutter, e->input + done, len - done,
								   false, NULL, &frame)).kind != GB_PIECE_NONE)
	{
		if (piece.kind == GB_PIECE_BAD_CHECKSUM)
		{
			gb_frame_read(&frame, e->input + done, NULL);
			answer(e, &frame, GB_CMD_DENY);
		}
		else if (piece.kind == GB_PIECE_FRAME && frame.command == GB_CMD_SEND)
			answer(e, &frame, GB_CMD_CONFIRM);
		done = (size_t) (p->cutter.consumed - begin);
	}
	return (size_t) (p->cutter.consumed - begin);
}

static void
keep(uint8_t **kept, size_t *kept_len, const uint8_t *bytes, size_t n)
{
	if (n > 0)
	{
		*kept = sim_grow(*kept, *kept_len + n);
		memcpy(*kept + *kept_len, bytes, n);
		*kept_len += n;
	}
}

/* False: the connection broke. */
static bool
send_answers(echo *e, peer *p)
{
	ssize_t		sent = 0;

	if (p->out_len == 0 && e->answers_len > 0)
	{
		sent = send(p->fd, e->answers, e->answers_len, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN)
			return false;
		sent = sent < 0 ? 0 : sent;
		if ((size_t) sent < e->answers_len)
			watch(e, p->fd, EPOLL_CTL_MOD, EPOLLOUT);
	}
	keep(&p->out, &p->out_len, e->answers + sent,
		 e->answers_len - (size_t) sent);
	return true;
}

static void
read_peer(echo *e, peer *p)
{
	size_t		len = p->tail_len;
	size_t		done;
	ssize_t		got;

	if (len > 0)
		memcpy(e->input, p->tail, len);
	got = recv(p->fd, e->input + len, INPUT, 0);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0)
	{
		close_peer(p);
		return;
	}
	len += (size_t) got;
	e->answers_len = 0;
	done = cut_input(e, p, len);
	p->tail_len = 0;
	keep(&p->tail, &p->tail_len, e->input + done, len - done);
	if (!send_answers(e, p))
		close_peer(p);
}

/* Reading goes on when all answers are out: who does not read, waits. */
static void
write_peer(echo *e, peer *p)
{
	ssize_t		sent = send(p->fd, p->out, p->out_len, MSG_NOSIGNAL);

	if (sent < 0 && errno == EAGAIN)
		return;
	if (sent < 0)
	{
		close_peer(p);
		return;
	}
	p->out_len -= (size_t) sent;
	memmove(p->out, p->out + sent, p->out_len);
	if (p->out_len == 0)
		watch(e, p->fd, EPOLL_CTL_MOD, EPOLLIN);
}

static void
turn(echo *e)
{
	static struct epoll_event events[EVENTS];
	int			n = epoll_wait(e->epoll, events, EVENTS, TURN_MOST_MS);

	if (n < 0 && errno != EINTR)
		sim_die(SIM_USAGE, "epoll: %m");
	e->now = gb_time_from_seconds(sim_device_clock());
	for (int i = 0; i < n; i++)
	{
		int			fd = events[i].data.fd;

		if (fd == e->listener)
			accept_all(e);
		else if (e->peer[fd].out_len > 0)
			write_peer(e, &e->peer[fd]);
		else
			read_peer(e, &e->peer[fd]);
	}
}

int
sim_echo_main(const sim_options *options)
{
	echo	   *e = sim_alloc(1, sizeof(*e));
	int64_t		end = sim_now() + (int64_t) (options->seconds * SIM_SECOND);

	e->peers = sim_raise_descriptors();
	e->peer = sim_alloc((size_t) e->peers, sizeof(peer));
	for (long i = 0; i < e->peers; i++)
		e->peer[i].fd = -1;
	e->epoll = epoll_create1(EPOLL_CLOEXEC);
	e->listener = listen_at(options);
	watch(e, e->listener, EPOLL_CTL_ADD, EPOLLIN);
	while (!sim_stopped() && (options->seconds == 0 || sim_now() < end))
		turn(e);
	for (long i = 0; i < e->peers; i++)
		if (e->peer[i].fd >= 0)
			close_peer(&e->peer[i]);
	close(e->listener);
	close(e->epoll);
	free(e->peer);
	free(e);
	return SIM_FINE;
}
