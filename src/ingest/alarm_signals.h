/*
 * alarm_signals.h
 *	  What of a batch may open, repeat or end an alarm.
 *
 * Each observation that differs from the one before is looked at, also when
 * the part is back to what it was before the batch ends.  What is known to
 * touch no alarm is dropped here; the rest goes to the database, all of a
 * batch in one call, and only when there is something.
 */
#ifndef FIREIOT_ALARM_SIGNALS_H
#define FIREIOT_ALARM_SIGNALS_H

#include "base/compat.h"

#include "base/ticks.h"
#include "ingest/catalog.h"
#include "ingest/part_changes.h"

typedef struct alarm_signals alarm_signals;

/* In the current memory context. */
extern alarm_signals *alarm_signals_create(void);

/* Count what flaps in this process from now on (alarm_flaps.h). */
extern void alarm_signals_count(alarm_signals *s);

/*
 * A new batch begins; its signals are gathered in memory.  Inside a
 * transaction, whose rules are read if they have changed.
 */
extern void alarm_signals_begin(alarm_signals *s, MemoryContext memory);

/* A part has said what it did not say before; news is not PART_SAME. */
extern void alarm_signals_note(alarm_signals *s, const part_change *change,
							   part_news news, uint32 before);

/* An operation; change->state has its bits and kind. */
extern void alarm_signals_operation(alarm_signals *s,
									const part_change *change);

/*
 * Where the signals stand, and back to there when what was noted since did not
 * come to be.
 */
extern int	alarm_signals_mark(const alarm_signals *s);
extern void alarm_signals_return(alarm_signals *s, int mark);

/*
 * Have the alarms written.  Before part_now is, with whose rows states are
 * compared that this process does not know; inside a transaction.
 */
extern void alarm_signals_write(alarm_signals *s, const catalog_ids *ids);

/*
 * Have the signals kept in alarm_backlog: writing them has failed with this
 * message, and was rolled back.
 */
extern void alarm_signals_keep(alarm_signals *s, const catalog_ids *ids,
							   const char *problem);

/* The batch is committed. */
extern void alarm_signals_committed(alarm_signals *s);

/* What flaps: is there something to write?  Inside a transaction; behind it. */
extern bool alarm_signals_due(const alarm_signals *s, ticks now);
extern void alarm_signals_write_flaps(alarm_signals *s, const catalog_ids *ids,
									  ticks now);
extern void alarm_signals_flaps_written(alarm_signals *s, ticks now);

/* The process ends: is there anything that was counted?  Write it. */
extern bool alarm_signals_counted(const alarm_signals *s);
extern void alarm_signals_write_last(alarm_signals *s, const catalog_ids *ids);

extern void alarm_signals_forget_plans(void);

#endif							/* FIREIOT_ALARM_SIGNALS_H */
