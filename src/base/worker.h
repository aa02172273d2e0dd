/*
 * worker.h
 *	  What every background worker of fireiot does: signals, reload, exit,
 *	  errors of a turn.
 */
#ifndef FIREIOT_WORKER_H
#define FIREIOT_WORKER_H

#include "base/compat.h"

#include "base/shared.h"

/* What a worker is told by the launcher, in bgw_extra. */
typedef struct worker_order
{
	NameData	database;
	NameData	role;
} worker_order;

/*
 * Set up signals and take the slot.  SIGTERM is the server's own die, so that
 * a wait for a synchronous standby can be broken; the slot is given back when
 * the process ends.
 */
extern void worker_start(worker_slot *slot);

/* Read the configuration again if asked to; true when that was so. */
extern bool worker_reload(void);

/* Until the latch is set or the time is over; -1: no limit. */
extern void worker_wait(long timeout_ms, uint32 wait_event);

/* Begin a transaction, with a text for pg_stat_activity; and commit it. */
extern void worker_begin(const char *activity);

/* The transaction that has begun may be lost in a crash. */
extern void worker_commit_lazily(void);

/*
 * When this returns, the commit is durable as synchronous_commit says: a wait
 * for a standby that was broken off ends the process instead.
 */
extern void worker_commit(void);

/*
 * Behind a caught error: write it to the log (the same message once a minute,
 * with how often it came), end the transaction, forget the error.  Returns
 * the SQLSTATE, and the message in the slot for status().
 */
extern int	worker_forgive(worker_slot *slot, worker_state state);

/*
 * LOG a text that describes a state, once as long as it is the same, and show
 * it in the slot.
 */
extern void worker_say(worker_slot *slot, worker_state state,
					   const char *text);

#endif							/* FIREIOT_WORKER_H */
