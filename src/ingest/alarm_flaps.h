/*
 * alarm_flaps.h
 *	  Alarms that come again and again: counted here, written now and then.
 *
 * A contact that chatters would have a step written for each of its frames.
 * Once the database has said that a case is flapping, its repeats are counted
 * in the listener and written together; each change stays a row of observation
 * all the same.  What is counted and not written yet is written when the process ends,
 * and lost when it is killed.
 *
 * Memory: a table of fixed size; what finds no place in it is not counted here.
 */
#ifndef FIREIOT_ALARM_FLAPS_H
#define FIREIOT_ALARM_FLAPS_H

#include "base/compat.h"

#include "base/ticks.h"
#include "ingest/catalog.h"
#include "ingest/part_changes.h"

typedef struct alarm_flaps alarm_flaps;

/* In the current memory context. */
extern alarm_flaps *alarm_flaps_create(void);

/* A batch begins; what the last one counted and did not commit is void. */
extern void alarm_flaps_begin(alarm_flaps *flaps);

/*
 * Count a change of bits, if all of those in `changed` are of classes that
 * flap at this part.  now: all of its bits.
 */
extern bool alarm_flaps_take(alarm_flaps *flaps, const part_change *change,
							 uint16 changed, uint16 rising, uint16 now);

/* A case of this part flaps in a class, whose bits these are. */
extern void alarm_flaps_learn(alarm_flaps *flaps, device_addr device,
							  part_addr part, int16 kind, const char *class_key,
							  uint16 bits, int64 within_us, TimestampTz at);

/* The batch is committed. */
extern void alarm_flaps_committed(alarm_flaps *flaps);

/* Is there something to write; by now? */
extern bool alarm_flaps_any(const alarm_flaps *flaps);
extern bool alarm_flaps_due(const alarm_flaps *flaps, ticks now);

/* Write some of it; inside a transaction.  Behind its commit: written. */
extern void alarm_flaps_write(alarm_flaps *flaps, const catalog_ids *ids,
							  ticks now);
extern void alarm_flaps_written(alarm_flaps *flaps, ticks now);

/*
 * The process ends: write all that can be had at once; inside a transaction.
 */
extern void alarm_flaps_write_last(alarm_flaps *flaps, const catalog_ids *ids);

extern void alarm_flaps_forget_plans(void);

#endif							/* FIREIOT_ALARM_FLAPS_H */
