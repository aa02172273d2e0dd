/*
 * forms.h
 *	  Whole units compared with what a picture of their objects says.
 *
 * compare_unit decodes a unit in an exact copy of its bytes and expects what
 * section 6 of the protocol says: how many objects are complete, what they
 * hold, the fault, the warnings; and that encoding them gives the bytes back.
 */
#ifndef FORMS_H
#define FORMS_H

#include "unit/check.h"
#include "unit/exact.h"
#include "unit/object_fields.h"
#include "unit/picture.h"

#define PAYLOAD_MAX (GB_MAX_APP - 2)

/* The form of a data unit type, as the test wants it. */
typedef struct form
{
	uint8_t		type;
	const char *picture;
	int			size;			/* of an object whose text is empty */
	int			max_count;
	uint8_t		command;		/* one that the type may stand under */
	uint16_t	reserved;		/* bits that must be 0 */
} form;

/* Table 3 and the figures of clause 8.3, written down a second time. */
static const form standard_forms[] = {
	{1, "sawT", 10, 102, 2, 0xc000},
	{2, "sacAwtT", 46, 22, 2, 0xfe00},
	{3, "sacAqvT", 16, 63, 2, 0},
	{4, "sabiT", 10, 102, 2, 0x80},
	{5, "saMm", 4, 1, 2, 0},
	{6, "saL", 3, 3, 2, 0},
	{7, "sacAt", 38, 26, 2, 0},
	{8, "saT", 8, 1, 2, 0},
	{21, "bT", 7, 1, 2, 0x80},
	{24, "biT", 8, 127, 2, 0x80},
	{25, "Mm", 2, 1, 2, 0},
	{26, "L", 1, 1, 2, 0},
	{28, "T", 6, 1, 2, 0},
	{61, "sa", 2, 102, 4, 0},
	{62, "saA", 6, 22, 4, 0},
	{63, "saA", 6, 63, 4, 0},
	{64, "sanT", 9, 1, 4, 0},
	{65, "sa", 2, 1, 4, 0},
	{66, "sa", 2, 3, 4, 0},
	{67, "saA", 6, 26, 4, 0},
	{68, "sa", 2, 1, 4, 0},
	{81, "r", 1, 1, 4, 0},
	{84, "nT", 7, 1, 4, 0},
	{85, "r", 1, 1, 4, 0},
	{86, "r", 1, 1, 4, 0},
	{88, "r", 1, 1, 4, 0},
	{89, "r", 1, 1, 1, 0},
	{90, "T", 6, 1, 1, 0},
	{91, "n", 1, 1, 1, 0},
};

#define STANDARD_FORMS \
	(int) (sizeof(standard_forms) / sizeof(standard_forms[0]))

/* What an object is warned about, by the standard's limits. */
static inline gb_warnings
form_object_warnings(const form *f, const gb_object *o)
{
	static const struct
	{
		int			min;
		int			max;
	}			range[] = {
		{0, 0}, {0, 32000}, {0, 32000}, {-2730, 32000}, {0, 32000},
		{0, 32000}, {0, 1000}, {0, 32000}, {0, 32000}, {0, 32000},
		{0, 32000}, {0, 32000}, {0, 20}
	};
	gb_warnings warnings = 0;

	if ((o->bits & f->reserved) != 0)
		warnings |= GB_WARN_RESERVED_BITS;
	if (strchr(f->picture, 'r') != NULL && o->number != 0)
		warnings |= GB_WARN_RESERVED_BYTE;
	if (strchr(f->picture, 'T') != NULL && !o->time.known)
		warnings |= GB_WARN_OBJ_TIME;
	if (strchr(f->picture, 'q') == NULL)
		return warnings;
	if (o->quantity < 1 || o->quantity > 12)
		warnings |= GB_WARN_UNSCALED;
	else if (o->raw < range[o->quantity].min ||
			 o->raw > range[o->quantity].max)
		warnings |= GB_WARN_VALUE_RANGE;
	return warnings;
}

/* All that a unit is expected to be. */
typedef struct form_result
{
	int			n;
	gb_fault	fault;
	gb_warnings warnings;
	gb_object	object[GB_MAX_OBJECTS];
} form_result;

static inline void
form_read(form_result *r, const form *f, picture_reading reading,
		  const uint8_t *app, size_t len)
{
	size_t		at = 2;
	size_t		size;

	r->warnings = app[1] > f->max_count ? GB_WARN_COUNT_OVER : 0;
	for (r->n = 0; r->n < app[1]; r->n++)
	{
		size = picture_read(f->picture, app + at, len - at, reading,
							&r->object[r->n]);
		if (size == 0)
			break;
		r->warnings |= form_object_warnings(f, &r->object[r->n]);
		at += size;
	}
	r->fault = GB_FAULT_NONE;
	if (app[1] == 0)
		r->fault = GB_FAULT_ZERO_OBJECTS;
	else if (r->n < app[1])
		r->fault = GB_FAULT_SHORT;
	else if (at < len)
		r->fault = GB_FAULT_TRAILING;
}

/* Encoding gives the object's bytes back; returns how many there were. */
static inline size_t
compare_encoded(const gb_layout *layout, const gb_profile *profile,
				const gb_object *o, const uint8_t *bytes)
{
	size_t		size = layout->size;
	uint8_t    *out;

	if ((layout->fields & GB_F_TEXT_L) != 0)
		size += o->field_len;
	out = exact_room(size);
	EACH_INT(gb_object_encode(layout, profile, o, out, (uint16_t) size), size);
	/* what is no decimal digit cannot be written back as one */
	if (o->time.known || gb_profile_time(profile) == GB_TIME_BINARY)
		EACH_BYTES(out, bytes, size);
	free(out);
	return size;
}

static inline void
compare_unit(const form *f, const gb_profile *profile, const uint8_t *bytes,
			 size_t len)
{
	uint8_t    *app = exact_copy(bytes, len);
	gb_object  *got = exact_room(sizeof(gb_object) * GB_MAX_OBJECTS);
	form_result want;
	picture_reading reading = {
		.bcd = gb_profile_time(profile) == GB_TIME_BCD,
		.part_wire = gb_profile_has(profile, GB_P_PART_WIRE)
	};
	gb_unit		unit;
	size_t		at = 2;
	int			n;

	form_read(&want, f, reading, app, len);
	gb_unit_open(&unit, app, (uint16_t) len, f->command, profile);
	EACH_INT(unit.type, f->type);
	EACH_INT(unit.count, app[1]);
	EACH(unit.layout != NULL && unit.fault == GB_FAULT_NONE);
	n = gb_unit_decode(&unit, profile, got, GB_MAX_OBJECTS);
	EACH_INT(n, want.n);
	EACH_INT(unit.fault, want.fault);
	EACH_INT(unit.warnings, want.warnings);
	for (int i = 0; i < n && i < want.n; i++)
	{
		EACH(object_same(&got[i], &want.object[i]));
		at += compare_encoded(unit.layout, profile, &got[i], app + at);
	}
	free(got);
	free(app);
}

/* Often a good time, at times none; often that of the object before. */
static inline void
form_fill_time(uint8_t *p, uint64_t *seed, bool bcd)
{
	static uint8_t before[GB_TIME_SIZE];
	gb_time		t = gb_time_from_seconds((int64_t) (check_random(seed) %
													GB_TIME_SECONDS_END));

	switch (check_random(seed) % 8)
	{
		case 0:
			break;
		case 1:
			memset(p, check_random(seed) % 2 == 0 ? 0x00 : 0xff, GB_TIME_SIZE);
			break;
		case 2:
		case 3:
		case 4:
			memcpy(p, before, GB_TIME_SIZE);
			break;
		default:
			gb_time_write(&t, bcd ? GB_TIME_BCD : GB_TIME_BINARY, p);
			break;
	}
	memcpy(before, p, GB_TIME_SIZE);
}

/* Random bytes for the field of a letter: often good, at times odd. */
static inline void
form_fill_field(char letter, uint8_t *p, size_t size, uint64_t *seed,
				bool bcd)
{
	if (letter == 'T')
		form_fill_time(p, seed, bcd);
	else if (letter == 'q')
		p[0] = (uint8_t) (check_random(seed) % 15);
	else if (letter == 'r' || letter == 'w' || letter == 'b')
		memset(p, check_random(seed) % 2 == 0 ? 0 : p[0], size);
	else if (letter == 't' || letter == 'L')
		for (size_t i = letter == 'L'; i < size; i++)
			p[i] = check_random(seed) % 4 == 0 ? 0 : p[i];
}

/* A random object behind out; a text with a length byte is at most longest. */
static inline size_t
form_fill(const form *f, uint8_t *out, uint64_t *seed, int longest, bool bcd)
{
	const char *picture = f->picture;
	size_t		at = 0;

	while (*picture != '\0')
	{
		char		letter = *picture;
		uint8_t		len = (uint8_t) (check_random(seed) %
									 (uint64_t) (longest + 1));
		size_t		size = picture_field_size(&picture, &len, 1);

		check_fill(seed, out + at, size);
		if (letter == 'L')
			out[at] = len;
		form_fill_field(letter, out + at, size, seed, bcd);
		at += size;
	}
	return at;
}

/* A unit of count random objects; returns its length. */
static inline size_t
form_unit(const form *f, uint8_t *app, int count, uint64_t *seed, bool bcd)
{
	size_t		at = 2;
	int			longest = (PAYLOAD_MAX - count * f->size) / count;

	app[0] = f->type;
	app[1] = (uint8_t) count;
	for (int i = 0; i < count; i++)
		at += form_fill(f, app + at, seed, longest < 255 ? longest : 255, bcd);
	return at;
}

/* How many objects of the form fit into a unit. */
static inline int
form_room(const form *f)
{
	int			n = PAYLOAD_MAX / f->size;

	return n < GB_MAX_OBJECTS ? n : GB_MAX_OBJECTS;
}

/*
 * Random units of every step-th count and of those at the limit, then every
 * length around a unit of three objects.
 */
static inline void
compare_form(const form *f, const gb_profile *profile, uint64_t *seed,
			 int step, int rounds)
{
	static uint8_t app[GB_MAX_APP + 64];
	bool		bcd = gb_profile_time(profile) == GB_TIME_BCD;
	size_t		len;
	char		what[40];

	for (int count = 1; count <= form_room(f); count++)
	{
		/* on both sides of the limit in any case */
		if (count != f->max_count && count != f->max_count + 1 &&
			count % (step * check_stride()) != 0)
			continue;
		for (int i = 0; i < rounds; i++)
		{
			len = form_unit(f, app, count, seed, bcd);
			compare_unit(f, profile, app, len);
		}
	}
	snprintf(what, sizeof(what), "type %d, counts", f->type);
	CHECK_EACH(what);
	len = form_unit(f, app, 3 < form_room(f) ? 3 : form_room(f), seed, bcd);
	for (size_t n = 2; n < len + 60 && n <= GB_MAX_APP; n++)
		compare_unit(f, profile, app, n);
	snprintf(what, sizeof(what), "type %d, lengths", f->type);
	CHECK_EACH(what);
}

#endif							/* FORMS_H */
