/*
 * roundtrip_fuzzer.c
 *	  Encode and decode undo each other, in both directions.
 *
 * Input: number of the profile, then bytes that are read twice: as a type, a
 * count and the members of that many objects, which must come back from the
 * frame they are put into; and as a frame, whose bytes must come back from
 * what it is decoded to.
 */
#include "codec/frame.h"
#include "codec/object.h"

#include "fuzz/fuzz.h"
#include "unit/object_fields.h"
#include "unit/picture.h"

/* Objects on their way into a frame. */
typedef struct parcel
{
	const gb_profile *profile;
	const gb_layout *layout;
	int			count;
	gb_object	object[GB_MAX_OBJECTS];
	uint8_t    *text[GB_MAX_OBJECTS];	/* what their fields point to */
	uint8_t		app[GB_MAX_APP];
	uint16_t	app_len;
} parcel;

static gb_time
make_time(fuzz_source *source, gb_time_coding coding)
{
	/* decimal digits hold no more than 99 */
	uint8_t		limit = coding == GB_TIME_BCD ? 100 : 255;
	gb_time		t;

	memset(&t, 0, sizeof(t));
	t.second = fuzz_byte(source) % limit;
	t.minute = fuzz_byte(source) % limit;
	t.hour = fuzz_byte(source) % limit;
	t.day = fuzz_byte(source) % limit;
	t.month = fuzz_byte(source) % limit;
	t.year = fuzz_byte(source) % limit;
	t.known = gb_time_is_real(&t);
	return t;
}

static void
make_numbers(gb_object *o, uint32_t fields, fuzz_source *source)
{
	if ((fields & GB_F_SYSTEM) != 0)
	{
		o->sys_type = fuzz_byte(source);
		o->sys_addr = fuzz_byte(source);
	}
	if ((fields & GB_F_COMP_TYPE) != 0)
		o->comp_type = fuzz_byte(source);
	if ((fields & GB_F_COMP_ADDR) != 0)
		o->comp_addr = (uint32_t) fuzz_number(source, 4);
	if ((fields & GB_F_STATUS16) != 0)
		o->bits = (uint16_t) fuzz_number(source, 2);
	if ((fields & (GB_F_STATUS8 | GB_F_OPERATION)) != 0)
		o->bits = fuzz_byte(source);
	if ((fields & (GB_F_OPERATOR | GB_F_RECORDS | GB_F_RESERVED |
				   GB_F_MINUTES)) != 0)
		o->number = fuzz_byte(source);
	if ((fields & GB_F_ANALOG) != 0)
	{
		o->quantity = fuzz_byte(source);
		o->raw = (int16_t) fuzz_number(source, 2);
	}
	if ((fields & GB_F_VERSION) != 0)
	{
		o->ver_main = fuzz_byte(source);
		o->ver_minor = fuzz_byte(source);
	}
}

/* Returns the field's bytes on the heap: exactly those there are. */
static uint8_t *
make_text(gb_object *o, const gb_layout *layout, fuzz_source *source)
{
	uint8_t    *text;

	if ((layout->fields & (GB_F_TEXT31 | GB_F_TEXT_L | GB_F_OPAQUE)) == 0)
		return NULL;
	o->field_len = fuzz_byte(source);
	text = exact_room(o->field_len);
	for (int i = 0; i < o->field_len; i++)
		text[i] = fuzz_byte(source);
	o->field = text;
	return text;
}

/* As many objects as fit, encoded behind type and count. */
static void
fill_parcel(parcel *p, fuzz_source *source, int wanted)
{
	const gb_layout *layout = p->layout;

	p->app_len = 2;
	for (p->count = 0; p->count < wanted; p->count++)
	{
		gb_object  *o = &p->object[p->count];
		uint16_t	size;

		memset(o, 0, sizeof(*o));
		make_numbers(o, layout->fields, source);
		p->text[p->count] = make_text(o, layout, source);
		if ((layout->fields & (GB_F_TIME | GB_F_START)) != 0)
			o->time = make_time(source, gb_profile_time(p->profile));
		size = gb_object_encode(layout, p->profile, o, p->app + p->app_len,
								(uint16_t) (GB_MAX_APP - p->app_len));
		if (size == 0)
		{
			free(p->text[p->count]);
			break;
		}
		p->app_len = (uint16_t) (p->app_len + size);
	}
	p->app[0] = layout->type;
	p->app[1] = (uint8_t) p->count;
}

/* The decoded field holds the text, cut or filled up to the field's size. */
static void
same_text(gb_object *want, const gb_object *got, const gb_layout *layout)
{
	uint32_t	fields = layout->fields;
	uint8_t		size = (fields & GB_F_TEXT31) != 0 ? GB_TEXT_FIELD :
		(fields & GB_F_TEXT_L) != 0 ? want->field_len : layout->opaque;
	uint8_t		used = want->field_len < size ? want->field_len : size;

	if (want->field == NULL)
		return;
	PROPERTY(got->field_len == size);
	PROPERTY(used == 0 || memcmp(got->field, want->field, used) == 0);
	for (int i = used; i < size; i++)
		PROPERTY(got->field[i] == 0);
	want->text_at = want->text_len = 0;
	picture_text(want, got->field, size, (fields & GB_F_OPAQUE) == 0);
}

static void
unpack(parcel *p, const gb_frame *frame)
{
	gb_object  *got = exact_room((size_t) p->count * sizeof(gb_object));
	gb_unit		unit;

	gb_unit_open(&unit, frame->app, frame->app_len, frame->command,
				 p->profile);
	PROPERTY(unit.layout == p->layout && unit.count == p->count);
	PROPERTY(gb_unit_decode(&unit, p->profile, got, p->count) == p->count);
	PROPERTY(unit.fault ==
			 (p->count == 0 ? GB_FAULT_ZERO_OBJECTS : GB_FAULT_NONE));
	for (int i = 0; i < p->count; i++)
	{
		same_text(&p->object[i], &got[i], p->layout);
		PROPERTY(object_same(&got[i], &p->object[i]));
	}
	free(got);
}

static void
send_parcel(parcel *p, fuzz_source *source)
{
	size_t		len = GB_FRAME_MIN + (size_t) p->app_len;
	uint8_t    *out = exact_room(len);
	gb_frame	sent;
	gb_frame	got;
	uint8_t		computed;

	memset(&sent, 0, sizeof(sent));
	sent.app = p->app;
	sent.app_len = p->app_len;
	sent.seq = (uint16_t) fuzz_number(source, 2);
	sent.ver_main = fuzz_byte(source);
	sent.ver_user = fuzz_byte(source);
	sent.src = fuzz_number(source, 6);
	sent.dst = fuzz_number(source, 6);
	sent.time = make_time(source, gb_profile_time(p->profile));
	sent.command = (uint8_t) (1 + fuzz_byte(source) % 6);
	PROPERTY(gb_frame_build(&sent, p->profile, out) == len);
	PROPERTY(gb_frame_check(&got, out, len, p->profile, &computed) == GB_OK);
	PROPERTY(got.seq == sent.seq && got.command == sent.command);
	PROPERTY(got.ver_main == sent.ver_main && got.ver_user == sent.ver_user);
	PROPERTY(got.src == sent.src && got.dst == sent.dst);
	PROPERTY(object_same_time(&got.time, &sent.time));
	PROPERTY(got.app_len == sent.app_len);
	PROPERTY(memcmp(got.app, sent.app, sent.app_len) == 0);
	unpack(p, &got);
	free(out);
}

static void
objects_come_back(fuzz_source source, const gb_profile *profile)
{
	static parcel p;
	uint8_t		type = fuzz_byte(&source);
	int			wanted = fuzz_byte(&source);

	p.profile = profile;
	p.layout = gb_profile_layout(profile, type);
	if (p.layout == NULL)
		return;
	fill_parcel(&p, &source, wanted);
	send_parcel(&p, &source);
	for (int i = 0; i < p.count; i++)
		free(p.text[i]);
}

/*
 * What is no pair of decimal digits cannot be written back as one: bytes are
 * compared where the tag is a time or the coding is binary.
 */
static bool
comes_back(const gb_time *t, const gb_profile *profile)
{
	return t->known || gb_profile_time(profile) == GB_TIME_BINARY;
}

static void
payload_comes_back(const gb_frame *frame, const gb_profile *profile)
{
	static gb_object object[GB_MAX_OBJECTS];
	gb_unit		unit;
	uint16_t	at = 0;
	int			n;

	gb_unit_open(&unit, frame->app, frame->app_len, frame->command, profile);
	if (unit.layout == NULL || frame->app_len < 2)
		return;
	n = gb_unit_decode(&unit, profile, object, GB_MAX_OBJECTS);
	for (int i = 0; i < n; i++)
	{
		uint16_t	left = (uint16_t) (unit.payload_len - at);
		uint8_t    *out = exact_room(left);
		uint16_t	size = gb_object_encode(unit.layout, profile, &object[i],
											out, left);

		PROPERTY(size >= unit.layout->size && size <= left);
		if (comes_back(&object[i].time, profile))
			PROPERTY(memcmp(out, unit.payload + at, size) == 0);
		at = (uint16_t) (at + size);
		free(out);
	}
	PROPERTY(unit.fault != GB_FAULT_NONE || at == unit.payload_len);
}

static void
frame_comes_back(fuzz_source source, const gb_profile *profile)
{
	uint8_t    *bytes = exact_copy(source.at, source.left);
	uint8_t    *out = exact_room(source.left);
	gb_frame	frame;
	uint8_t		computed;

	if (gb_frame_check(&frame, bytes, source.left, profile,
					   &computed) == GB_OK)
	{
		PROPERTY(gb_frame_build(&frame, profile, out) == source.left);
		if (comes_back(&frame.time, profile))
			PROPERTY(memcmp(out, bytes, source.left) == 0);
		if (frame.app_len > 0)
			payload_comes_back(&frame, profile);
	}
	free(out);
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const gb_profile *profile;
	fuzz_source source;

	if (size < 3)
		return 0;
	profile = fuzz_profile(data[0]);
	source.at = data + 1;
	source.left = size - 1;
	objects_come_back(source, profile);
	frame_comes_back(source, profile);
	return 0;
}
