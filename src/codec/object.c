/*
 * object.c
 *	  Decode and encode information objects by their layout.
 *
 * The reader below is written once for any set of fields.  For the types that
 * carry nearly all traffic it is inlined with a constant set, so that the
 * compiler drops the questions; all other types run the same text with a
 * variable set.
 */
#include "codec/object.h"

#include "codec/bytes.h"

#define FIELDS_TYPE_1 (GB_F_SYSTEM | GB_F_STATUS16 | GB_F_TIME)
#define FIELDS_TYPE_2 (GB_F_PART | GB_F_STATUS16 | GB_F_TEXT31 | GB_F_TIME)
#define FIELDS_TYPE_3 (GB_F_PART | GB_F_ANALOG | GB_F_TIME)
#define FIELDS_TYPE_4 \
	(GB_F_SYSTEM | GB_F_OPERATION | GB_F_OPERATOR | GB_F_TIME)
#define FIELDS_TYPE_21 (GB_F_STATUS8 | GB_F_TIME)
#define FIELDS_TYPE_24 (GB_F_OPERATION | GB_F_OPERATOR | GB_F_TIME)

/* No time tag: it has 48 bits. */
#define NO_TAG UINT64_MAX

/* What was seen in any object of a unit. */
typedef struct sightings
{
	unsigned	bits;			/* union of the status or operation bits */
	gb_warnings warnings;
	uint64_t	tag;			/* time tag of the object before, as sent */
	uint64_t	time;			/* and what gb_time_judge made of it */
} sightings;

static GB_INLINE const uint8_t *
read_part(const uint8_t *p, uint32_t fields, gb_object *o)
{
	if ((fields & GB_F_SYSTEM) != 0)
	{
		o->sys_type = p[0];
		o->sys_addr = p[1];
		p += 2;
	}
	if ((fields & GB_F_COMP_TYPE) != 0)
		o->comp_type = *p++;
	if ((fields & GB_F_COMP_ADDR) != 0)
	{
		o->comp_addr = gb_load32(p);
		p += 4;
	}
	return p;
}

static GB_INLINE const uint8_t *
read_state(const uint8_t *p, uint32_t fields, gb_object *o, sightings *seen)
{
	if ((fields & GB_F_STATUS16) != 0)
	{
		o->bits = gb_load16(p);
		p += 2;
	}
	if ((fields & (GB_F_STATUS8 | GB_F_OPERATION)) != 0)
		o->bits = *p++;
	if ((fields & GB_F_STATE) != 0)
		seen->bits |= o->bits;
	if ((fields & GB_F_OPERATOR) != 0)
		o->number = *p++;
	return p;
}

static GB_INLINE const uint8_t *
read_analog(const uint8_t *p, gb_object *o, sightings *seen)
{
	o->quantity = p[0];
	o->raw = (int16_t) gb_load16(p + 1);
	if (o->quantity >= GB_QUANTITY_COUNT || !gb_quantities[o->quantity].scaled)
		seen->warnings |= GB_WARN_UNSCALED;
	else if (o->raw < gb_quantities[o->quantity].raw_min ||
			 o->raw > gb_quantities[o->quantity].raw_max)
		seen->warnings |= GB_WARN_VALUE_RANGE;
	return p + 3;
}

static GB_INLINE const uint8_t *
read_numbers(const uint8_t *p, uint32_t fields, gb_object *o, sightings *seen)
{
	if ((fields & GB_F_ANALOG) != 0)
		p = read_analog(p, o, seen);
	if ((fields & GB_F_VERSION) != 0)
	{
		o->ver_main = p[0];
		o->ver_minor = p[1];
		p += 2;
	}
	if ((fields & (GB_F_RECORDS | GB_F_RESERVED | GB_F_MINUTES)) != 0)
	{
		o->number = *p++;
		if ((fields & GB_F_RESERVED) != 0 && o->number != 0)
			seen->warnings |= GB_WARN_RESERVED_BYTE;
	}
	return p;
}

static GB_INLINE const uint8_t *
read_text(const uint8_t *p, uint32_t fields, uint8_t opaque, gb_object *o)
{
	if ((fields & (GB_F_TEXT31 | GB_F_TEXT_L)) != 0)
	{
		gb_slice	text;

		o->field_len = GB_TEXT_FIELD;
		if ((fields & GB_F_TEXT_L) != 0)
			o->field_len = *p++;
		o->field = p;
		text = gb_text_locate(p, o->field_len);
		o->text_at = (uint8_t) (text.at - p);
		o->text_len = (uint8_t) text.len;
		p += o->field_len;
	}
	if ((fields & GB_F_OPAQUE) != 0)
	{
		o->field_len = opaque;
		o->field = p;
		p += opaque;
	}
	return p;
}

/* The objects of a frame mostly carry one time: it is judged once. */
static GB_INLINE const uint8_t *
read_time(const uint8_t *p, gb_time_coding coding, gb_object *o,
		  sightings *seen)
{
	uint64_t	tag = gb_load48(p);

	if (tag != seen->tag)
	{
		seen->tag = tag;
		seen->time = gb_time_judge(tag, coding);
		if (seen->time < GB_TIME_KNOWN)
			seen->warnings |= GB_WARN_OBJ_TIME;
	}
	gb_store64(&o->time, seen->time);
	return p + GB_TIME_SIZE;
}

static GB_INLINE const uint8_t *
read_object(const uint8_t *p, uint32_t fields, uint8_t opaque,
			gb_time_coding coding, gb_object *o, sightings *seen)
{
	memset(o, 0, offsetof(gb_object, time));
	p = read_part(p, fields, o);
	p = read_state(p, fields, o, seen);
	p = read_numbers(p, fields, o, seen);
	p = read_text(p, fields, opaque, o);
	if ((fields & (GB_F_TIME | GB_F_START)) != 0)
		p = read_time(p, coding, o, seen);
	else
		memset(&o->time, 0, sizeof(o->time));
	return p;
}

static GB_INLINE void
read_objects(const uint8_t *p, uint32_t fields, uint8_t opaque,
			 gb_time_coding coding, gb_object *out, int n, sightings *seen)
{
	sightings	s = {.tag = NO_TAG};	/* may live in registers */

	for (int i = 0; i < n; i++)
		p = read_object(p, fields, opaque, coding, out + i, &s);
	*seen = s;
}

#define READ_STANDARD(fields) \
	read_objects(p, fields, 0, GB_TIME_BINARY, out, n, seen)

/* n objects of a fixed size; all their bytes are there. */
static void
read_fixed(const uint8_t *p, const gb_layout *layout, gb_time_coding coding,
		   gb_object *out, int n, sightings *seen)
{
	/* the short ways are for the standard's coding of time */
	switch (coding == GB_TIME_BINARY ? layout->fields : 0)
	{
		case FIELDS_TYPE_1:
			READ_STANDARD(FIELDS_TYPE_1);
			break;
		case FIELDS_TYPE_2:
			READ_STANDARD(FIELDS_TYPE_2);
			break;
		case FIELDS_TYPE_3:
			READ_STANDARD(FIELDS_TYPE_3);
			break;
		case FIELDS_TYPE_4:
			READ_STANDARD(FIELDS_TYPE_4);
			break;
		case FIELDS_TYPE_21:
			READ_STANDARD(FIELDS_TYPE_21);
			break;
		case FIELDS_TYPE_24:
			READ_STANDARD(FIELDS_TYPE_24);
			break;
		default:
			read_objects(p, layout->fields, layout->opaque, coding, out, n,
						 seen);
			break;
	}
}

static int
decode_fixed(gb_unit *unit, gb_time_coding coding, gb_object *out, int max,
			 sightings *seen)
{
	int			size = unit->layout->size;
	int			n = unit->count;

	if (unit->payload_len < n * size)
	{
		unit->fault = GB_FAULT_SHORT;
		n = unit->payload_len / size;
	}
	else if (unit->payload_len > n * size)
		unit->fault = GB_FAULT_TRAILING;
	if (n > max)
		n = max;
	read_fixed(unit->payload, unit->layout, coding, out, n, seen);
	return n;
}

/*
 * Objects with a length byte inside: each length is compared with what is
 * left before it is used.  In both types the length byte is the last byte
 * before the text, and the text is the last field.
 */
static int
decode_varying(gb_unit *unit, gb_time_coding coding, gb_object *out, int max,
			   sightings *seen)
{
	const gb_layout *layout = unit->layout;
	const uint8_t *p = unit->payload;
	const uint8_t *end = p + unit->payload_len;
	int			head = layout->size;
	int			n = 0;

	while (n < unit->count && n < max)
	{
		if (end - p < head || end - p - head < p[head - 1])
		{
			unit->fault = GB_FAULT_SHORT;
			return n;
		}
		p = read_object(p, layout->fields, 0, coding, out + n, seen);
		n++;
	}
	if (n == unit->count && p < end)
		unit->fault = GB_FAULT_TRAILING;
	return n;
}

/* Bits of those seen that must be 0: the standard's less the profile's. */
static unsigned
reserved_bits(unsigned seen, int state_kind, const gb_profile *profile)
{
	unsigned	reserved;

	if (seen == 0)
		return 0;
	reserved = seen & gb_bit_field_of(state_kind)->reserved;
	if (profile != NULL)
		for (int i = 0; i < profile->bit_count; i++)
			if (profile->bits[i].state_kind == state_kind)
				reserved &= ~(1u << profile->bits[i].bit);
	return reserved;
}

int
gb_unit_decode(gb_unit *unit, const gb_profile *profile, gb_object *out,
			   int max)
{
	gb_time_coding coding = gb_profile_time(profile);
	sightings	seen = {.tag = NO_TAG};
	int			n;

	if (unit->count == 0)
	{
		unit->fault = GB_FAULT_ZERO_OBJECTS;
		return 0;
	}
	if ((unit->layout->fields & GB_F_TEXT_L) != 0)
		n = decode_varying(unit, coding, out, max, &seen);
	else
		n = decode_fixed(unit, coding, out, max, &seen);
	if (gb_profile_has(profile, GB_P_PART_WIRE))
		for (int i = 0; i < n; i++)
			out[i].comp_addr = gb_swap32(out[i].comp_addr);
	unit->warnings |= seen.warnings;
	if (reserved_bits(seen.bits, unit->layout->state_kind, profile) != 0)
		unit->warnings |= GB_WARN_RESERVED_BITS;
	return n;
}

static uint8_t *
write_part(uint8_t *p, uint32_t fields, const gb_object *o,
		   const gb_profile *profile)
{
	uint32_t	addr = gb_profile_has(profile, GB_P_PART_WIRE) ?
		gb_swap32(o->comp_addr) : o->comp_addr;

	if ((fields & GB_F_SYSTEM) != 0)
	{
		*p++ = o->sys_type;
		*p++ = o->sys_addr;
	}
	if ((fields & GB_F_COMP_TYPE) != 0)
		*p++ = o->comp_type;
	if ((fields & GB_F_COMP_ADDR) != 0)
	{
		gb_store32(p, addr);
		p += 4;
	}
	return p;
}

static uint8_t *
write_state(uint8_t *p, uint32_t fields, const gb_object *o)
{
	if ((fields & GB_F_STATUS16) != 0)
	{
		gb_store16(p, o->bits);
		p += 2;
	}
	if ((fields & (GB_F_STATUS8 | GB_F_OPERATION)) != 0)
		*p++ = (uint8_t) o->bits;
	if ((fields & GB_F_OPERATOR) != 0)
		*p++ = o->number;
	return p;
}

static uint8_t *
write_numbers(uint8_t *p, uint32_t fields, const gb_object *o)
{
	if ((fields & GB_F_ANALOG) != 0)
	{
		*p++ = o->quantity;
		gb_store16(p, (uint16_t) o->raw);
		p += 2;
	}
	if ((fields & GB_F_VERSION) != 0)
	{
		*p++ = o->ver_main;
		*p++ = o->ver_minor;
	}
	if ((fields & (GB_F_RECORDS | GB_F_RESERVED | GB_F_MINUTES)) != 0)
		*p++ = o->number;
	return p;
}

/* The field's bytes, filled up with NULs to size. */
static uint8_t *
write_field(uint8_t *p, const gb_object *o, uint8_t size)
{
	uint8_t		used = o->field_len < size ? o->field_len : size;

	if (used > 0)
		memcpy(p, o->field, used);
	memset(p + used, 0, (size_t) (size - used));
	return p + size;
}

static uint8_t *
write_text(uint8_t *p, const gb_layout *layout, const gb_object *o)
{
	if ((layout->fields & GB_F_TEXT31) != 0)
		p = write_field(p, o, GB_TEXT_FIELD);
	if ((layout->fields & GB_F_TEXT_L) != 0)
	{
		*p++ = o->field_len;
		p = write_field(p, o, o->field_len);
	}
	if ((layout->fields & GB_F_OPAQUE) != 0)
		p = write_field(p, o, layout->opaque);
	return p;
}

uint16_t
gb_object_encode(const gb_layout *layout, const gb_profile *profile,
				 const gb_object *object, uint8_t *out, uint16_t room)
{
	uint32_t	fields = layout->fields;
	unsigned	size = layout->size;
	uint8_t    *p = out;

	if ((fields & GB_F_TEXT_L) != 0)
		size += object->field_len;
	if (size > room)
		return 0;
	p = write_part(p, fields, object, profile);
	p = write_state(p, fields, object);
	p = write_numbers(p, fields, object);
	p = write_text(p, layout, object);
	if ((fields & (GB_F_TIME | GB_F_START)) != 0)
		gb_time_write(&object->time, gb_profile_time(profile), p);
	return (uint16_t) size;
}
