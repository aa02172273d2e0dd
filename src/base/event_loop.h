/*
 * event_loop.h
 *	  Many sockets in one wait, together with the latch and the postmaster.
 *
 * The sockets are in an epoll descriptor of our own, which stands as one
 * socket in a WaitEventSet: the server's own set is not made for thousands.
 */
#ifndef FIREIOT_EVENT_LOOP_H
#define FIREIOT_EVENT_LOOP_H

#include "base/compat.h"

typedef struct event_loop event_loop;

typedef struct loop_event
{
	void	   *tag;			/* as given to event_loop_add */
	bool		readable;		/* or ended, or broken: a read will tell */
	bool		writable;
} loop_event;

#define LOOP_EVENTS 512			/* at most, of one wait */

/* Lives as long as the process.  Raises when descriptors are out. */
extern event_loop *event_loop_create(void);

/* Watch a socket for reading; false: the kernel refused (errno). */
extern bool event_loop_add(event_loop *loop, int sock, void *tag);

/* What to wait for from now on. */
extern void event_loop_want(event_loop *loop, int sock, void *tag,
							bool readable, bool writable);

/*
 * Wait until a socket is ready, the latch is set or the time is over; 0 only
 * looks, -1 is no limit.  The latch is reset.  Returns how many events it
 * wrote, 0 .. LOOP_EVENTS.  Ends the process when the postmaster is dead.
 */
extern int	event_loop_wait(event_loop *loop, long timeout_ms,
							loop_event *events, uint32 wait_event);

#endif							/* FIREIOT_EVENT_LOOP_H */
