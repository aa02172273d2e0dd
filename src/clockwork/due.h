/*
 * due.h
 *	  How long until a deadline, for somebody who sleeps until then.
 *
 * Instants are microseconds from any moment.
 */
#ifndef CLOCKWORK_DUE_H
#define CLOCKWORK_DUE_H

#include <stdint.h>

/* No deadline. */
#define DUE_NEVER INT64_MAX

/*
 * Milliseconds to sleep: as many as reach the deadline, not one less, so that
 * who wakes finds it due; 0 when it is; never more than `longest`, after which
 * the clock is looked at again: it may have been set.
 */
extern int64_t due_sleep_ms(int64_t now, int64_t due, int64_t longest);

#endif							/* CLOCKWORK_DUE_H */
