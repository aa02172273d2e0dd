/*
 * deadlines.h
 *	  Deadlines of alarms: when the next one is due, and what happens then.
 */
#ifndef FIREIOT_DEADLINES_H
#define FIREIOT_DEADLINES_H

#include "base/compat.h"

/*
 * Record the breaches of what is due, if anything is; outside of a transaction,
 * in a database that has the extension.  An error is the caller's to forgive;
 * the rows are looked at anew behind it.
 */
extern void deadlines_turn(void);

/* Milliseconds until the next one is due, at most `longest`. */
extern long deadlines_pause(long longest);

#endif							/* FIREIOT_DEADLINES_H */
