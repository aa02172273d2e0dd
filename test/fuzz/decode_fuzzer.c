/*
 * decode_fuzzer.c
 *	  Decode any bytes, as a frame and as an application data unit.
 *
 * Input: number of the profile, command, how many objects there is room for
 * (0: for all), the bytes.  Whatever comes, all that is handed out lies
 * inside the input and says what it may say.
 */
#include "codec/frame.h"
#include "codec/object.h"

#include "fuzz/fuzz.h"
#include "unit/object_fields.h"

static volatile uint64_t sink;

static void
touch_bytes(const uint8_t *p, size_t n)
{
	uint64_t	sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	sink += sum;
}

static void
touch_time(const gb_time *t)
{
	char		text[GB_TIME_TEXT_SIZE];
	gb_time		back;

	if (!t->known)
		return;
	PROPERTY(gb_time_is_real(t));
	back = gb_time_from_seconds(gb_time_to_seconds(t));
	PROPERTY(object_same_time(t, &back));
	gb_time_to_text(t, text);
	PROPERTY(strlen(text) == GB_TIME_TEXT_SIZE - 1);
}

/* Settling only takes bytes off the end, and what is left is whole. */
static void
touch_text(const gb_object *o)
{
	gb_slice	text = gb_object_text(o);
	gb_slice	settled = text;
	gb_slice	again;
	gb_text_verdict verdict = gb_text_settle(&settled);

	PROPERTY(memchr(text.at, 0, text.len) == NULL);
	PROPERTY(settled.at == text.at && settled.len <= text.len);
	touch_bytes(text.at, text.len);
	again = settled;
	if (verdict == GB_TEXT_INVALID)
		PROPERTY(settled.len == text.len);
	else
	{
		PROPERTY(gb_text_settle(&again) == GB_TEXT_WHOLE);
		PROPERTY(again.len == settled.len);
	}
}

static void
touch_object(const gb_object *o, const gb_unit *unit,
			 const gb_profile *profile)
{
	const uint8_t *end = unit->payload + unit->payload_len;
	int			state_kind = unit->layout->state_kind;
	char		decimal[GB_DECIMAL_SIZE];

	sink += object_sum(o);
	touch_time(&o->time);
	gb_decimal(decimal, o->raw, o->quantity);
	PROPERTY(strlen(decimal) < GB_DECIMAL_SIZE);
	PROPERTY(gb_alarm_class_of(state_kind, o->bits) <= GB_CLASS_FIRE);
	sink += gb_profile_state(profile, state_kind, o->bits);
	for (int bit = 0; bit < 16; bit++)
		sink += gb_profile_bit_of(profile, state_kind, bit) != NULL;
	if (o->field == NULL)
	{
		PROPERTY(o->field_len == 0);
		return;
	}
	PROPERTY(o->field >= unit->payload && o->field <= end);
	PROPERTY(o->field_len <= end - o->field);
	PROPERTY(o->text_at + o->text_len <= o->field_len);
	touch_bytes(o->field, o->field_len);
	touch_text(o);
}

/* The first objects are the same when there is room for fewer. */
static void
decode_fewer(const gb_unit *opened, const gb_profile *profile,
			 const gb_object *all, int n, int max)
{
	gb_object  *some = exact_room((size_t) max * sizeof(gb_object));
	gb_unit		unit = *opened;
	int			got = gb_unit_decode(&unit, profile, some, max);

	PROPERTY(got == (n < max ? n : max));
	for (int i = 0; i < got; i++)
		PROPERTY(object_same(&some[i], &all[i]));
	free(some);
}

static void
decode_objects(const gb_unit *opened, const gb_profile *profile, int max)
{
	gb_object  *all = exact_room(GB_MAX_OBJECTS * sizeof(gb_object));
	gb_unit		unit = *opened;
	int			n = gb_unit_decode(&unit, profile, all, GB_MAX_OBJECTS);

	PROPERTY(n >= 0 && n <= unit.count);
	PROPERTY((unit.fault == GB_FAULT_ZERO_OBJECTS) == (unit.count == 0));
	PROPERTY((unit.fault == GB_FAULT_SHORT) == (n < unit.count));
	PROPERTY((unit.warnings & opened->warnings) == opened->warnings);
	PROPERTY(unit.warnings >> GB_WARNING_COUNT == 0);
	for (int i = 0; i < n; i++)
		touch_object(&all[i], &unit, profile);
	decode_fewer(opened, profile, all, n, max);
	free(all);
}

static void
decode_unit(const uint8_t *bytes, size_t len, uint8_t command,
			const gb_profile *profile, int max)
{
	uint8_t    *app = exact_copy(bytes, len);
	gb_unit		unit;

	gb_unit_open(&unit, app, (uint16_t) len, command, profile);
	PROPERTY(unit.type == app[0]);
	PROPERTY(unit.payload_len == (len < 2 ? 0 : len - 2));
	touch_bytes(unit.payload, unit.payload_len);
	PROPERTY((unit.fault != GB_FAULT_NONE) ==
			 (len < 2 && !gb_profile_has(profile, GB_P_HANDSHAKE)));
	if (unit.layout != NULL && len >= 2)
		decode_objects(&unit, profile, max);
	free(app);
}

static void
decode_frame(const uint8_t *bytes, size_t len, const gb_profile *profile,
			 int max)
{
	uint8_t    *copy = exact_copy(bytes, len);
	gb_frame	frame;
	uint8_t		computed;
	gb_error	error = gb_frame_check(&frame, copy, len, profile, &computed);

	PROPERTY(error < GB_ERROR_COUNT);
	if (error == GB_OK || error == GB_UNKNOWN_COMMAND)
	{
		PROPERTY(len == GB_FRAME_MIN + (size_t) frame.app_len);
		PROPERTY(computed == frame.checksum);
		PROPERTY(frame.src >> 48 == 0 && frame.dst >> 48 == 0);
		PROPERTY(frame.warnings >> GB_WARNING_COUNT == 0);
		touch_time(&frame.time);
		if (frame.app_len > 0)
			decode_unit(frame.app, frame.app_len, frame.command, profile, max);
	}
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const gb_profile *profile;
	int			max;

	if (size < 4)
		return 0;
	profile = fuzz_profile(data[0]);
	max = data[2] != 0 ? data[2] : GB_MAX_OBJECTS;
	decode_frame(data + 3, size - 3, profile, max);
	if (size - 3 <= GB_MAX_APP)
		decode_unit(data + 3, size - 3, data[1], profile, max);
	return 0;
}
