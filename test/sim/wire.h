/*
 * wire.h
 *	  A way to the centre: TCP, UDP or TLS, never blocking.
 */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include <sys/socket.h>

#include "options.h"
#include "tls.h"
#include "util.h"

/* Where the centre is and how it is spoken to; the same for all wires. */
typedef struct sim_net
{
	struct sockaddr_storage address;
	socklen_t	address_len;
	bool		udp;
	uint32_t	sources;		/* loopback addresses; 0: not bound */
	sim_tls    *tls;			/* NULL: in clear */
} sim_net;

typedef struct sim_wire
{
	int			fd;				/* -1: closed */
	sim_tls_wire *tls;
	uint32_t	wants;			/* epoll events until it is open */
	bool		connected;
} sim_wire;

typedef enum sim_progress
{
	SIM_WIRE_BROKEN = -1,
	SIM_WIRE_GOES_ON = 0,		/* wants says what it waits for */
	SIM_WIRE_OPEN = 1
} sim_progress;

/* Resolve the host, read the certificates; dies of what is wrong. */
extern void sim_net_make(sim_net *net, const sim_options *options);
extern void sim_net_free(sim_net *net);

/* Start to connect; number chooses the source address. */
extern sim_progress sim_wire_open(sim_wire *wire, const sim_net *net,
								  uint32_t number);

/* Go on when an event came. */
extern sim_progress sim_wire_step(sim_wire *wire, const sim_net *net);

/* Bytes sent or received; 0: not now, -1: broken or closed (errno, or 0). */
extern ssize_t sim_wire_send(sim_wire *wire, const uint8_t *bytes, size_t n);
extern ssize_t sim_wire_receive(sim_wire *wire, uint8_t *bytes, size_t n);

/* Close, with a reset instead of an orderly end if rough. */
extern void sim_wire_close(sim_wire *wire, bool rough);

/* What errno, or TLS, says of a wire that broke. */
extern const char *sim_wire_error(void);

#endif							/* SIM_WIRE_H */
