/*
 * alarm_watch.h
 *	  What of the values and operations may be an alarm: the limits and the
 *	  rules of the database, as far as the way of a frame needs them.
 *
 * What passes here is a candidate and no more; fireiot.note_signals() looks at
 * the rows again.
 */
#ifndef FIREIOT_ALARM_WATCH_H
#define FIREIOT_ALARM_WATCH_H

#include "base/compat.h"

#include "codec/names.h"

/* Raw values of a quantity with which no limit has anything to do. */
typedef struct quiet_values
{
	int32		from;
	int32		to;				/* from > to: no limit names the quantity */
} quiet_values;

/* Read the rules again if they have changed.  Inside a transaction. */
extern void alarm_watch_refresh(void);

/* Bits of a field that are alarms, of states. */
extern uint16 alarm_watch_state(int state_kind);

/* Bits of a field that a rule names, of operations. */
extern uint16 alarm_watch_operation(int state_kind);

/* NULL: no limit names this quantity. */
extern const quiet_values *alarm_watch_quantity(int quantity);

extern void alarm_watch_forget_plans(void);

#endif							/* FIREIOT_ALARM_WATCH_H */
