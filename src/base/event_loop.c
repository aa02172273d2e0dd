/*
 * event_loop.c
 *	  Many sockets in one wait, together with the latch and the postmaster.
 */
#include "base/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/memutils.h"

struct event_loop
{
	int			epoll;
	WaitEventSet *set;
};

event_loop *
event_loop_create(void)
{
	event_loop *loop = MemoryContextAlloc(TopMemoryContext,
										  sizeof(event_loop));

	if (!AcquireExternalFD())
		ereport(ERROR,
				(errcode_for_socket_access(),
				 errmsg("no file descriptor is left for the event loop"),
				 errhint("Raise max_files_per_process.")));
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		ereport(ERROR,
				(errcode_for_socket_access(),
				 errmsg("could not create an epoll descriptor: %m")));
	loop->set = wait_event_set_create(3);
	AddWaitEventToSet(loop->set, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, NULL);
	AddWaitEventToSet(loop->set, WL_EXIT_ON_PM_DEATH, PGINVALID_SOCKET, NULL,
					  NULL);
	AddWaitEventToSet(loop->set, WL_SOCKET_READABLE, loop->epoll, NULL, NULL);
	return loop;
}

bool
event_loop_add(event_loop *loop, int sock, void *tag)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};

	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, sock, &event) == 0;
}

void
event_loop_want(event_loop *loop, int sock, void *tag, bool readable,
				bool writable)
{
	struct epoll_event event = {
		.events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0),
		.data.ptr = tag
	};

	if (epoll_ctl(loop->epoll, EPOLL_CTL_MOD, sock, &event) < 0)
		elog(LOG, "could not change what is waited for on a socket: %m");
}

static int
look(event_loop *loop, loop_event *events)
{
	struct epoll_event ready[LOOP_EVENTS];
	int			n = epoll_wait(loop->epoll, ready, LOOP_EVENTS, 0);

	for (int i = 0; i < n; i++)
	{
		events[i].tag = ready[i].data.ptr;
		events[i].readable = (ready[i].events & ~(uint32) EPOLLOUT) != 0;
		events[i].writable = (ready[i].events & EPOLLOUT) != 0;
	}
	return Max(n, 0);
}

int
event_loop_wait(event_loop *loop, long timeout_ms, loop_event *events,
				uint32 wait_event)
{
	WaitEvent	occurred[3];

	if (timeout_ms != 0)
		(void) WaitEventSetWait(loop->set, timeout_ms, occurred,
								lengthof(occurred), wait_event);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
	return look(loop, events);
}
