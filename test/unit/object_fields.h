/*
 * object_fields.h
 *	  The members of an information object, for those who want them all.
 */
#ifndef OBJECT_FIELDS_H
#define OBJECT_FIELDS_H

#include "codec/object.h"

static inline bool
object_same_time(const gb_time *a, const gb_time *b)
{
	return a->second == b->second && a->minute == b->minute &&
		a->hour == b->hour && a->day == b->day && a->month == b->month &&
		a->year == b->year && a->known == b->known;
}

/* Where the text lies, too: the same bytes of the same buffer. */
static inline bool
object_same(const gb_object *a, const gb_object *b)
{
	return a->field == b->field && a->field_len == b->field_len &&
		a->text_at == b->text_at && a->text_len == b->text_len &&
		a->sys_type == b->sys_type && a->sys_addr == b->sys_addr &&
		a->comp_type == b->comp_type && a->comp_addr == b->comp_addr &&
		a->bits == b->bits && a->quantity == b->quantity &&
		a->raw == b->raw && a->ver_main == b->ver_main &&
		a->ver_minor == b->ver_minor && a->number == b->number &&
		object_same_time(&a->time, &b->time);
}

/* A number that every member has a part in, the text's bytes left out. */
static inline uint64_t
object_sum(const gb_object *o)
{
	uint64_t	sum = o->comp_addr;

	sum += (uint64_t) o->field_len + o->text_at + o->text_len;
	sum += (uint64_t) o->sys_type + o->sys_addr + o->comp_type;
	sum += (uint64_t) o->bits + o->quantity + (uint16_t) o->raw + o->number;
	sum += (uint64_t) o->time.second + o->time.minute + o->time.hour;
	sum += (uint64_t) o->time.day + o->time.month + o->time.year;
	return sum + o->time.known + (o->field != NULL);
}

#endif							/* OBJECT_FIELDS_H */
