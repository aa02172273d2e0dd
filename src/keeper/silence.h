/*
 * silence.h
 *	  Supervision of links: devices of which nothing is heard.
 */
#ifndef FIREIOT_SILENCE_H
#define FIREIOT_SILENCE_H

#include "base/compat.h"

/*
 * Open the cases of devices that have become silent, and end those of devices
 * that are heard again, if it is time; some at a time, so that others need not
 * wait long.  Outside of a transaction, in a database that has the extension.
 * An error is the caller's to forgive; it is tried again a second later.
 */
extern void silence_turn(void);

/* Milliseconds until it is time, at most `longest`. */
extern long silence_pause(long longest);

/* The extension is gone: nothing is supervised. */
extern void silence_forget(void);

#endif							/* FIREIOT_SILENCE_H */
