/*
 * presence.h
 *	  Which devices are there: device_now follows the sessions.
 *
 * What every frame would change (last seen, counters) is gathered in the
 * sessions and written every fireiot.flush_interval, some devices at a time,
 * so that no frame waits long for it.  A process that dies loses seconds of
 * it, never a frame.
 */
#ifndef FIREIOT_PRESENCE_H
#define FIREIOT_PRESENCE_H

#include "base/compat.h"

#include "base/worker.h"
#include "ingest/batch.h"

/* Write what is due.  Transactions of its own; no batch may be open. */
extern void presence_turn(batch *b, worker_slot *slot, ticks tick,
						  TimestampTz now);

/* Milliseconds until there may be more to write; -1: nothing is under way. */
extern int	presence_wait(void);

#endif							/* FIREIOT_PRESENCE_H */
