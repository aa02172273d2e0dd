/*
 * ownership.h
 *	  One writer at a time for a device.
 *
 * A frame is known as a retransmission by what its writer has seen and by
 * what `frame` held when the writer took the device over.  That is whole only
 * if no other writer has frames of the device in a batch that is not yet
 * committed.  So each writer marks in shared memory when it has a batch open,
 * and who takes a device waits for the batch of whom it takes it from.
 *
 * The wait for a client's transaction ends after OWNERSHIP_WAIT_MS: one that
 * was left open after fireiot.ingest() must not keep alarms from being stored.
 */
#ifndef FIREIOT_OWNERSHIP_H
#define FIREIOT_OWNERSHIP_H

#include "base/compat.h"

#include "ingest/session.h"

#define OWNERSHIP_WAIT_MS 2000

/*
 * Own the devices of the sessions and open a batch; LOCK_NOT_AVAILABLE when
 * another process takes them back all the time.  A session that was not
 * ours is no longer read_back and gets a new epoch.  Without shared memory
 * there is no other writer, and nothing but the batch to begin.
 */
extern void ownership_take(session **sessions, int count);

/* The batch is committed, or rolled back. */
extern void ownership_end_batch(void);

#endif							/* FIREIOT_OWNERSHIP_H */
