/*
 * instant.h
 *	  A wall clock of the devices as an instant, and back.
 */
#ifndef FIREIOT_INSTANT_H
#define FIREIOT_INSTANT_H

#include "base/compat.h"

#include "datatype/timestamp.h"

#include "codec/time_tag.h"

/*
 * The instant of a time tag in the zone of fireiot.time_zone; false when the
 * tag is no real date.  A wall clock that a change of the zone's offset skips
 * or doubles is taken by the rules of PostgreSQL.
 */
extern bool instant_of_tag(const gb_time *tag, TimestampTz *instant);

/* The tag of an instant; not known outside of 2000 .. 2099. */
extern gb_time tag_of_instant(TimestampTz instant);

#endif							/* FIREIOT_INSTANT_H */
