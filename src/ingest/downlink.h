/*
 * downlink.h
 *	  Commands to devices: sent, repeated, answered (clauses 6.1 to 6.4).
 *
 * Rows of fireiot.command are queued by fireiot.send_command(); the listener
 * that the device is connected to takes them.  An attempt is in the tables
 * before it is on the wire.  Answers come as frames among others and are
 * matched by device, sequence number and connection; a denial and a silence of
 * fireiot.command_timeout repeat the very frame, fireiot.command_repeats
 * times.
 */
#ifndef FIREIOT_DOWNLINK_H
#define FIREIOT_DOWNLINK_H

#include "base/compat.h"

#include "ingest/batch.h"

/* Puts bytes on the wire. */
typedef void (*downlink_sender) (source *to, const char *bytes, int len);

/* Take part in the batch: answers, and clocks that are off. */
extern void downlink_begin(batch *b, downlink_sender send);

/*
 * Send what is queued for devices that are connected here, repeat or give up
 * what was not answered.  Cheap when there is nothing; transactions of its
 * own, errors forgiven in the worker's slot.
 */
extern void downlink_turn(worker_slot *slot, ticks now);

/* Forget what is under way: connections are gone.  The rows are settled by
 * whoever looks next. */
extern void downlink_drop_all(void);

extern void downlink_forget_plans(void);

#endif							/* FIREIOT_DOWNLINK_H */
