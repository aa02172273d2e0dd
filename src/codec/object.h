/*
 * object.h
 *	  Information objects: wire to struct and back (clause 8.2, 8.3).
 */
#ifndef GB_OBJECT_H
#define GB_OBJECT_H

#include "codec/profile.h"
#include "codec/text.h"
#include "codec/time_tag.h"
#include "codec/unit.h"

/*
 * One information object.  Which members say something follows from the
 * layout's fields; the others are zero.  32 bytes, since a frame may hold 127
 * of them and all are written.
 */
typedef struct gb_object
{
	const uint8_t *field;		/* text field or opaque bytes, as sent */
	uint32_t	comp_addr;
	uint16_t	bits;			/* status or operation flags */
	union
	{
		int16_t		raw;		/* analogue value as sent */
		struct
		{
			uint8_t		ver_main;
			uint8_t		ver_minor;
		};
	};
	uint8_t		field_len;
	uint8_t		text_at;		/* the text inside the field: no padding, */
	uint8_t		text_len;		/* not judged (text.h) */
	uint8_t		sys_type;
	uint8_t		sys_addr;
	uint8_t		comp_type;
	uint8_t		quantity;		/* analogue type */
	uint8_t		number;			/* operator, records, reserved or minutes */
	gb_time		time;			/* of the object, or start of a query */
} gb_object;

/* The located text. */
static inline gb_slice
gb_object_text(const gb_object *object)
{
	gb_slice	text = {object->field + object->text_at, object->text_len};

	return text;
}

/*
 * Decode the objects of an opened unit that has a layout.  Returns how many
 * were complete, at most max; sets unit->fault (zero_objects, short,
 * trailing) and adds to unit->warnings.  GB_MAX_OBJECTS is always enough for
 * max; with less, warnings are those of the objects decoded, and of a type
 * with a length byte what is behind them is not looked at.  Never reads
 * outside the payload.
 */
extern int	gb_unit_decode(gb_unit *unit, const gb_profile *profile,
						   gb_object *out, int max);

/*
 * Encode one object behind out, of which room bytes are free.  The text is
 * taken from object->field (a fixed field is filled up with NULs; what is
 * longer than the field is left out).  Returns the bytes written, 0 when they do not
 * fit.
 */
extern uint16_t gb_object_encode(const gb_layout *layout,
								 const gb_profile *profile,
								 const gb_object *object,
								 uint8_t *out, uint16_t room);

#endif							/* GB_OBJECT_H */
