/*
 * unit.h
 *	  The application data unit of a frame: type flag, object count, objects
 *	  (clauses 7 and 8.1).
 */
#ifndef GB_UNIT_H
#define GB_UNIT_H

#include <stdint.h>

#include "codec/layout.h"
#include "codec/profile.h"
#include "codec/status.h"

/*
 * A unit opened for reading.  payload points into the caller's frame.
 */
typedef struct gb_unit
{
	const gb_layout *layout;	/* NULL: no objects, or of no known form */
	const uint8_t *payload;		/* behind type and count */
	uint16_t	payload_len;
	uint8_t		type;
	uint8_t		count;			/* as sent */
	gb_fault	fault;			/* NO_OBJECT_COUNT, or NONE so far */
	gb_warnings warnings;
} gb_unit;

/*
 * Open the application data of a frame under a command 1..6 (or one that the
 * profile adds).  len is 1..1024; profile may be NULL for the plain standard.
 */
extern void gb_unit_open(gb_unit *unit, const uint8_t *app, uint16_t len,
						 uint8_t command, const gb_profile *profile);

#endif							/* GB_UNIT_H */
