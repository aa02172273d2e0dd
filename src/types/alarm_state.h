/*
 * alarm_state.h
 *	  SQL type fireiot.alarm_state: the bits of one status or operation field
 *	  of the protocol, and which field it is.
 *
 * The value is kind << 16 | bits, kind being a gb_state_kind; kinds of 8 bits
 * have nothing in the high byte.  Reserved bits are kept as they came.
 */
#ifndef FIREIOT_ALARM_STATE_H
#define FIREIOT_ALARM_STATE_H

#include "base/compat.h"

#include "fmgr.h"

#include "codec/names.h"

typedef uint32 alarm_state;

static inline alarm_state
alarm_state_make(gb_state_kind kind, uint16 bits)
{
	return (uint32) kind << 16 | bits;
}

static inline int
state_kind_of(alarm_state state)
{
	return (int) (state >> 16);
}

static inline uint16
state_bits_of(alarm_state state)
{
	return (uint16) state;
}

/* Is a number from elsewhere an alarm state? */
static inline bool
alarm_state_valid(uint32 number)
{
	const gb_bit_field *field = gb_bit_field_of(state_kind_of(number));

	return field != NULL && state_bits_of(number) >> field->width == 0;
}

static inline alarm_state
DatumGetAlarmState(Datum d)
{
	return DatumGetUInt32(d);
}

static inline Datum
AlarmStateGetDatum(alarm_state state)
{
	return UInt32GetDatum(state);
}

#define PG_GETARG_ALARM_STATE(n) DatumGetAlarmState(PG_GETARG_DATUM(n))
#define PG_RETURN_ALARM_STATE(state) return AlarmStateGetDatum(state)

#endif							/* FIREIOT_ALARM_STATE_H */
