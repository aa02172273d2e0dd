/*
 * socket.h
 *	  The listening sockets.
 */
#ifndef FIREIOT_SOCKET_H
#define FIREIOT_SOCKET_H

#include "base/compat.h"

#define MAX_LISTEN_SOCKETS 32

typedef struct listen_socket
{
	int			fd;
	bool		udp;
} listen_socket;

/*
 * Open the port on every address of a comma list ("*" is all): TCP, and UDP
 * if asked.  Shared with the other listeners by SO_REUSEPORT; non-blocking.
 * Returns how many.  *error is NULL, or a palloc'd text about the last one
 * that could not be opened.
 *
 * SO_REUSEPORT would share the port with any other server of this user, too;
 * first says that no listener of ours has it open, so that nobody may.
 */
extern int	sockets_open(const char *addresses, int port, bool udp, bool first,
						 listen_socket out[MAX_LISTEN_SOCKETS], char **error);

/* Prepare an accepted socket: non-blocking, no delay, keep-alive. */
extern bool socket_prepare(int fd);

/*
 * Raise the limit of descriptors to hold this many connections beside the
 * server's own files; returns how many fit.
 */
extern int	sockets_allowed(int connections);

#endif							/* FIREIOT_SOCKET_H */
