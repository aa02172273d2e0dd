/*
 * picture.h
 *	  Information objects read by a picture of their form, without the code
 *	  under test.
 *
 * A picture has one letter a field, as they stand on the wire:
 *	s sys_type, a sys_addr, c comp_type, A comp_addr (4 bytes),
 *	w status of two bytes, b status or operation of one byte,
 *	i operator, q analogue type, v analogue value (2), M m version,
 *	n number (records or minutes), r reserved byte, t text of 31 bytes,
 *	L length byte and text, x opaque bytes (their number follows), T time tag
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdlib.h>

#include "codec/object.h"

/* How the dialect reads what the picture names. */
typedef struct picture_reading
{
	bool		bcd;			/* time tags in decimal digits */
	bool		part_wire;		/* component address high byte first */
} picture_reading;

static inline void
picture_time(gb_time *t, const uint8_t *p, bool bcd)
{
	uint8_t    *out[6] = {
		&t->second, &t->minute, &t->hour, &t->day, &t->month, &t->year
	};
	bool		digits = true;

	for (int i = 0; i < 6; i++)
	{
		*out[i] = bcd ? (uint8_t) (p[i] / 16 * 10 + p[i] % 16) : p[i];
		digits = digits && (!bcd || (p[i] / 16 < 10 && p[i] % 16 < 10));
	}
	t->known = digits && gb_time_is_real(t);
}

static inline void
picture_text(gb_object *o, const uint8_t *p, uint8_t len, bool is_text)
{
	o->field = p;
	o->field_len = len;
	if (!is_text)
		return;
	while (o->text_at < len && p[o->text_at] == 0)
		o->text_at++;
	while (o->text_at + o->text_len < len && p[o->text_at + o->text_len] != 0)
		o->text_len++;
}

static inline uint32_t
picture_comp_addr(const uint8_t *p, bool high_first)
{
	uint32_t	v = 0;

	for (int i = 0; i < 4; i++)
		v = v * 256 + p[high_first ? i : 3 - i];
	return v;
}

/* Bytes of the field that the letter at *picture names; steps over it. */
static inline size_t
picture_field_size(const char **picture, const uint8_t *p, size_t left)
{
	char		letter = *(*picture)++;

	switch (letter)
	{
		case 'A':
			return 4;
		case 'w':
		case 'v':
			return 2;
		case 't':
			return 31;
		case 'T':
			return 6;
		case 'L':
			return left > 0 ? 1 + (size_t) p[0] : 1;
		case 'x':
			return (size_t) strtol(*picture, (char **) picture, 10);
		default:
			return 1;
	}
}

static inline void
picture_field(char letter, const uint8_t *p, size_t size,
			  picture_reading reading, gb_object *o)
{
	uint16_t	two = size == 2 ? (uint16_t) (p[0] + 256 * p[1]) : p[0];

	switch (letter)
	{
		case 's':
			o->sys_type = p[0];
			break;
		case 'a':
			o->sys_addr = p[0];
			break;
		case 'c':
			o->comp_type = p[0];
			break;
		case 'A':
			o->comp_addr = picture_comp_addr(p, reading.part_wire);
			break;
		case 'w':
		case 'b':
			o->bits = two;
			break;
		case 'i':
		case 'n':
		case 'r':
			o->number = p[0];
			break;
		case 'q':
			o->quantity = p[0];
			break;
		case 'v':
			o->raw = (int16_t) two;
			break;
		case 'M':
			o->ver_main = p[0];
			break;
		case 'm':
			o->ver_minor = p[0];
			break;
		case 't':
			picture_text(o, p, 31, true);
			break;
		case 'L':
			picture_text(o, p + 1, p[0], true);
			break;
		case 'x':
			picture_text(o, p, (uint8_t) size, false);
			break;
		case 'T':
			picture_time(&o->time, p, reading.bcd);
			break;
	}
}

/*
 * Read one object from left bytes at p.  Returns its size; 0 when there are
 * too few bytes.
 */
static inline size_t
picture_read(const char *picture, const uint8_t *p, size_t left,
			 picture_reading reading, gb_object *o)
{
	size_t		at = 0;

	memset(o, 0, sizeof(*o));
	while (*picture != '\0')
	{
		char		letter = *picture;
		size_t		size = picture_field_size(&picture, p + at, left - at);

		if (size > left - at)
			return 0;
		picture_field(letter, p + at, size, reading, o);
		at += size;
	}
	return at;
}

#endif							/* PICTURE_H */
