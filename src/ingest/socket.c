/*
 * socket.c
 *	  The listening sockets.
 */
#include "ingest/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "storage/fd.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

/* Descriptors beside connections and the server's files: listening sockets,
 * epoll, latch, log. */
#define OTHER_DESCRIPTORS 64

#define BACKLOG 4096

static bool
configure(int fd, int family, bool shared)
{
	int			on = 1;

	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		(!shared ||
		 setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0) &&
		(family != AF_INET6 ||
		 setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0);
}

/* -1: errno says why. */
static int
open_one(const struct addrinfo *address, bool udp, bool shared)
{
	int			fd = socket(address->ai_family,
							(udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (configure(fd, address->ai_family, shared) &&
		bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
		(udp || listen(fd, BACKLOG) == 0))
		return fd;
	close(fd);
	return -1;
}

static void
open_address(const struct addrinfo *address, const char *name, int port,
			 bool udp, bool first, listen_socket *out, int *count,
			 char **error)
{
	int			fd = 0;

	if (*count == MAX_LISTEN_SOCKETS)
		return;
	if (first)
	{
		fd = open_one(address, udp, false);
		if (fd >= 0)
			close(fd);
	}
	if (fd >= 0)
		fd = open_one(address, udp, true);
	if (fd < 0)
	{
		*error = psprintf("could not open %s port %d on \"%s\": %s",
						  udp ? "UDP" : "TCP", port, name, strerror(errno));
		return;
	}
	out[*count].fd = fd;
	out[(*count)++].udp = udp;
}

static void
open_name(const char *name, int port, bool udp, bool first,
		  listen_socket *out, int *count, char **error)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	.ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	char		service[16];
	int			failed;

	snprintf(service, sizeof(service), "%d", port);
	failed = getaddrinfo(strcmp(name, "*") == 0 ? NULL : name, service, &hints,
						 &all);
	if (failed != 0)
	{
		*error = psprintf("could not resolve \"%s\" of fireiot.listen_addresses: %s",
						  name, gai_strerror(failed));
		return;
	}
	for (struct addrinfo *one = all; one != NULL; one = one->ai_next)
	{
		open_address(one, name, port, false, first, out, count, error);
		if (udp)
			open_address(one, name, port, true, first, out, count, error);
	}
	freeaddrinfo(all);
}

int
sockets_open(const char *addresses, int port, bool udp, bool first,
			 listen_socket out[MAX_LISTEN_SOCKETS], char **error)
{
	List	   *names = NIL;
	ListCell   *cell;
	int			count = 0;

	*error = NULL;
	if (!SplitGUCList(pstrdup(addresses), ',', &names) || names == NIL)
	{
		*error = pstrdup("fireiot.listen_addresses names no address");
		return 0;
	}
	foreach(cell, names)
		open_name(lfirst(cell), port, udp, first, out, &count, error);
	return count;
}

bool
socket_prepare(int fd)
{
	int			on = 1;

	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) == 0;
}

int
sockets_allowed(int connections)
{
	struct rlimit limit;
	rlim_t		others = (rlim_t) max_files_per_process + OTHER_DESCRIPTORS;
	rlim_t		wanted = (rlim_t) connections + others;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return connections;
	if (limit.rlim_cur < wanted)
	{
		limit.rlim_cur = Min(wanted, limit.rlim_max);
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			(void) getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= wanted)
		return connections;
	/* the server closes files of its own when descriptors run out */
	return (int) (limit.rlim_cur - Min(others, limit.rlim_cur / 2));
}
