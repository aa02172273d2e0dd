/*
 * wire.c
 *	  Sockets.
 */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

void
sim_net_make(sim_net *net, const sim_options *options)
{
	struct addrinfo hints = {
		.ai_socktype = options->udp ? SOCK_DGRAM : SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char		port[8];
	int			error;

	*net = (sim_net) {.udp = options->udp, .sources = options->sources};
	snprintf(port, sizeof(port), "%u", (unsigned) options->port);
	error = getaddrinfo(options->host, port, &hints, &found);
	if (error != 0)
		sim_die(SIM_USAGE, "host %s: %s", options->host, gai_strerror(error));
	memcpy(&net->address, found->ai_addr, found->ai_addrlen);
	net->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	if (options->tls)
		net->tls = sim_tls_make(options);
}

void
sim_net_free(sim_net *net)
{
	if (net->tls != NULL)
		sim_tls_free(net->tls);
}

/* One of 127.0.0.1 .. 127.0.0.N; its port is chosen when it connects. */
static int
bind_source(int fd, uint32_t source)
{
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source),
	};
	int			on = 1;

	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
				   sizeof(on)) != 0)
		return -1;
	return bind(fd, (struct sockaddr *) &from, sizeof(from));
}

static int
open_socket(const sim_net *net, uint32_t number)
{
	int			type = net->udp ? SOCK_DGRAM : SOCK_STREAM;
	int			fd = socket(net->address.ss_family,
							type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int			on = 1;

	if (fd < 0)
		return -1;
	if (!net->udp)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (net->sources == 0 || net->address.ss_family != AF_INET ||
		bind_source(fd, number % net->sources) == 0)
		return fd;
	close(fd);
	return -1;
}

sim_progress
sim_wire_open(sim_wire *wire, const sim_net *net, uint32_t number)
{
	*wire = (sim_wire) {.fd = open_socket(net, number)};
	if (wire->fd < 0)
		return SIM_WIRE_BROKEN;
	wire->wants = EPOLLOUT;
	if (connect(wire->fd, (const struct sockaddr *) &net->address,
				net->address_len) == 0)
		return sim_wire_step(wire, net);
	if (errno == EINPROGRESS)
		return SIM_WIRE_GOES_ON;
	sim_wire_close(wire, false);
	return SIM_WIRE_BROKEN;
}

sim_progress
sim_wire_step(sim_wire *wire, const sim_net *net)
{
	int			error = 0;
	socklen_t	len = sizeof(error);

	if (!wire->connected)
	{
		getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		if (error != 0)
		{
			errno = error;
			return SIM_WIRE_BROKEN;
		}
		wire->connected = true;
		if (net->tls != NULL)
			wire->tls = sim_tls_begin(net->tls, wire->fd);
	}
	if (wire->tls == NULL)
		return SIM_WIRE_OPEN;
	switch (sim_tls_handshake(wire->tls, &wire->wants))
	{
		case 1:
			return SIM_WIRE_OPEN;
		case 0:
			return SIM_WIRE_GOES_ON;
		default:
			return SIM_WIRE_BROKEN;
	}
}

static ssize_t
not_now(ssize_t result)
{
	if (result < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return result;
}

ssize_t
sim_wire_send(sim_wire *wire, const uint8_t *bytes, size_t n)
{
	if (wire->tls != NULL)
		return sim_tls_send(wire->tls, bytes, n);
	return not_now(send(wire->fd, bytes, n, MSG_NOSIGNAL));
}

ssize_t
sim_wire_receive(sim_wire *wire, uint8_t *bytes, size_t n)
{
	ssize_t		got;

	if (wire->tls != NULL)
		return sim_tls_receive(wire->tls, bytes, n);
	got = recv(wire->fd, bytes, n, 0);
	if (got == 0)
	{
		errno = 0;
		return -1;
	}
	return not_now(got);
}

void
sim_wire_close(sim_wire *wire, bool rough)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	if (wire->fd < 0)
		return;
	if (wire->tls != NULL)
		sim_tls_end(wire->tls, rough);
	if (rough)
		setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(wire->fd);
	*wire = (sim_wire) {.fd = -1};
}

const char *
sim_wire_error(void)
{
	const char *tls = sim_tls_error();

	if (tls != NULL)
		return tls;
	return errno != 0 ? strerror(errno) : "closed by the other side";
}
