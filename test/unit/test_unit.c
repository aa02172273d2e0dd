/*
 * test_unit.c
 *	  Application data units of the plain standard: every type both ways,
 *	  every fault, hostile lengths.
 */
#include "codec/object.h"

#include "unit/check.h"
#include "unit/csv.h"
#include "unit/forms.h"

static const form *
form_of(int type)
{
	for (int i = 0; i < STANDARD_FORMS; i++)
		if (standard_forms[i].type == type)
			return &standard_forms[i];
	return NULL;
}

/* "2;5" as a set of commands. */
static int
command_set(const char *words)
{
	int			set = 0;

	for (; *words != '\0'; words++)
		if (*words >= '0' && *words <= '7')
			set |= 1 << (*words - '0');
	return set;
}

static void
layout_matches(const gb_layout *layout, const csv_table *csv, int type)
{
	const char *bytes = csv_get(csv, type, "object_bytes");
	bool		varying = strstr(bytes, "+L") != NULL;
	int			max_count = csv_int(csv, type, "max_objects");
	int			longest = layout->size + (varying ? 255 : 0);

	CHECK_INT(layout->type, type);
	CHECK_INT(layout->size, atoi(bytes));
	CHECK_INT((layout->fields & GB_F_TEXT_L) != 0, varying);
	CHECK_INT(layout->max_count, max_count);
	CHECK_INT(layout->commands, command_set(csv_get(csv, type, "commands")));
	CHECK_INT(layout->answered_by, csv_int(csv, type, "answered_by_type"));
	CHECK_INT(2 + max_count * longest, csv_int(csv, type, "max_app_bytes"));
	CHECK(2 + max_count * longest <= GB_MAX_APP);
	CHECK_INT(layout->opaque, 0);
}

static void
layouts_match_the_table(void)
{
	csv_table  *csv = csv_read("data_unit_type");
	int			defined = 0;

	for (int type = 0; type < 256; type++)
	{
		const gb_layout *layout = gb_layout_standard((uint8_t) type);
		const char *kind = csv_get(csv, type, "kind");
		bool		wanted = strcmp(kind, "defined") == 0;
		const form *f = form_of(type);

		EACH_INT(layout != NULL, wanted);
		EACH_INT(f != NULL, wanted);
		EACH(gb_profile_layout(NULL, (uint8_t) type) == layout);
		if (layout == NULL || f == NULL)
			continue;
		defined++;
		layout_matches(layout, csv, type);
		CHECK_INT(f->size, layout->size);
		CHECK_INT(f->max_count, layout->max_count);
	}
	CHECK_EACH("a layout for the defined types only");
	CHECK_INT(defined, STANDARD_FORMS);
	csv_free(csv);
}

/* The kind of state is that of the type itself. */
static void
state_kinds(void)
{
	for (int i = 0; i < STANDARD_FORMS; i++)
	{
		const form *f = &standard_forms[i];
		const gb_layout *layout = gb_layout_standard(f->type);
		bool		has_state = strpbrk(f->picture, "wb") != NULL;
		const gb_bit_field *field = gb_bit_field_of(layout->state_kind);

		CHECK_INT(layout->state_kind, has_state ? f->type : 0);
		CHECK_INT(field != NULL ? field->reserved : 0, f->reserved);
	}
}

static void
every_type_both_ways(void)
{
	uint64_t	seed = 10;

	for (int i = 0; i < STANDARD_FORMS; i++)
		compare_form(&standard_forms[i], NULL, &seed, 1, 8);
}

/* The rest of a unit, whatever it is, when the count is 0 or too large. */
static void
counts_that_do_not_fit(void)
{
	static uint8_t app[GB_MAX_APP];
	uint64_t	seed = 11;

	for (int i = 0; i < STANDARD_FORMS; i++)
	{
		const form *f = &standard_forms[i];
		size_t		len = form_unit(f, app, 1, &seed, false);

		app[1] = 0;
		compare_unit(f, NULL, app, 2);
		compare_unit(f, NULL, app, len);
		app[1] = 2;
		compare_unit(f, NULL, app, len);
		app[1] = 255;
		compare_unit(f, NULL, app, len);
		compare_unit(f, NULL, app, 2);
		compare_unit(f, NULL, app, GB_MAX_APP);
		CHECK_EACH("counts that do not fit");
	}
}

static void
commands_of_every_type(void)
{
	uint8_t		app[64] = {0};
	gb_unit		unit;

	app[1] = 1;
	for (int i = 0; i < STANDARD_FORMS; i++)
	{
		app[0] = standard_forms[i].type;
		for (int command = 0; command < 256; command++)
		{
			bool		fits = command == standard_forms[i].command ||
				(command == 5 && standard_forms[i].command == 2);

			gb_unit_open(&unit, app, sizeof(app), (uint8_t) command, NULL);
			EACH_INT(unit.warnings, fits ? 0 : GB_WARN_TYPE_COMMAND);
		}
	}
	CHECK_EACH("every type under every command");
}

/* Warnings of head and objects stand beside each other. */
static void
warnings_together(void)
{
	static uint8_t app[2 + 2 * 7] = {21, 2, 0x80};
	gb_object	o[2];
	gb_unit		unit;

	gb_unit_open(&unit, app, sizeof(app), GB_CMD_REQUEST, NULL);
	CHECK_INT(unit.warnings, GB_WARN_COUNT_OVER | GB_WARN_TYPE_COMMAND);
	CHECK_INT(gb_unit_decode(&unit, NULL, o, 2), 2);
	CHECK_INT(unit.warnings, GB_WARN_COUNT_OVER | GB_WARN_TYPE_COMMAND |
			  GB_WARN_RESERVED_BITS | GB_WARN_OBJ_TIME);
}

/* On both sides of both ends of each quantity's range. */
static void
ends_of_every_range(void)
{
	for (int i = 1; i < GB_QUANTITY_COUNT; i++)
	{
		const int	raw[] = {
			gb_quantities[i].raw_min, gb_quantities[i].raw_max,
			gb_quantities[i].raw_min - 1, gb_quantities[i].raw_max + 1
		};
		uint8_t		app[18] = {3, 1, 1, 1, 40, 0, 0, 0, 0, (uint8_t) i};

		memcpy(app + 12, "\5\36\16\23\11\32", 6);
		for (int j = 0; j < 4; j++)
		{
			gb_object	o;
			gb_unit		unit;

			app[10] = (uint8_t) raw[j];
			app[11] = (uint8_t) (raw[j] >> 8);
			gb_unit_open(&unit, app, sizeof(app), GB_CMD_SEND, NULL);
			CHECK_INT(gb_unit_decode(&unit, NULL, &o, 1), 1);
			CHECK_INT(o.raw, raw[j]);
			CHECK_INT(unit.warnings, j < 2 ? 0 : GB_WARN_VALUE_RANGE);
		}
	}
}

/* A type that the standard does not define: raw, and why. */
static void
types_without_a_form(void)
{
	uint8_t		app[5] = {0, 3, 0xaa, 0xbb, 0xcc};
	gb_unit		unit;

	for (int type = 0; type < 256; type++)
	{
		gb_warnings want = type <= 127 ? GB_WARN_TYPE_RESERVED :
			type <= 254 ? GB_WARN_TYPE_USER : GB_WARN_TYPE_UNASSIGNED;

		if (form_of(type) != NULL)
			continue;
		app[0] = (uint8_t) type;
		gb_unit_open(&unit, app, sizeof(app), 2, NULL);
		EACH(unit.layout == NULL);
		EACH_INT(unit.type, type);
		EACH_INT(unit.count, 3);
		EACH(unit.payload == app + 2);
		EACH_INT(unit.payload_len, 3);
		EACH_INT(unit.fault, GB_FAULT_NONE);
		EACH_INT(unit.warnings, want);
	}
	CHECK_EACH("types without a form");
}

static void
one_byte_has_no_count(void)
{
	for (int type = 0; type < 256; type++)
	{
		uint8_t		byte = (uint8_t) type;
		uint8_t    *app = exact_copy(&byte, 1);
		gb_unit		unit;

		gb_unit_open(&unit, app, 1, 2, NULL);
		EACH_INT(unit.type, type);
		EACH_INT(unit.count, 0);
		EACH(unit.payload == app + 1);
		EACH_INT(unit.payload_len, 0);
		EACH_INT(unit.fault, GB_FAULT_NO_OBJECT_COUNT);
		EACH_INT(unit.warnings, GB_WARN_APP_LEN_1);
		free(app);
	}
	CHECK_EACH("one data byte");
}

/*
 * Length bytes that lie, in the first and in the last object: every length
 * against every number of bytes that are left.
 */
static void
lying_length(const form *f, int count)
{
	static uint8_t app[GB_MAX_APP];
	int			at = 2 + (count - 1) * f->size + f->size - 1;

	memset(app, 0, sizeof(app));
	app[0] = f->type;
	app[1] = (uint8_t) count;
	for (int len = 0; len < 256; len += check_stride())
		for (int left = 0; left <= 258; left += check_stride())
		{
			app[at] = (uint8_t) len;
			compare_unit(f, NULL, app, (size_t) (at + 1 + left));
		}
	CHECK_EACH("lying lengths");
}

static void
hostile_lengths(void)
{
	static uint8_t app[GB_MAX_APP];

	for (int count = 1; count <= 3; count++)
	{
		lying_length(form_of(6), count);
		lying_length(form_of(26), count);
	}
	for (int i = 0; i < 2; i++)
	{
		/* nothing but lengths of 255, and no objects but lengths of 0 */
		memset(app, 0xff, sizeof(app));
		app[0] = i == 0 ? 6 : 26;
		for (size_t len = 2; len <= GB_MAX_APP; len++)
			compare_unit(form_of(app[0]), NULL, app, len);
		memset(app + 2, 0, sizeof(app) - 2);
		for (size_t len = 2; len <= GB_MAX_APP; len++)
			compare_unit(form_of(app[0]), NULL, app, len);
		CHECK_EACH("extreme lengths");
	}
}

/* Only max objects are written, and they are the first. */
static void
room_for_fewer(const form *f, uint64_t *seed)
{
	static uint8_t app[GB_MAX_APP];
	static gb_object all[GB_MAX_OBJECTS];
	int			count = form_room(f) < 9 ? form_room(f) : 9;
	size_t		len = form_unit(f, app, count, seed, false);
	gb_unit		unit;

	gb_unit_open(&unit, app, (uint16_t) len, f->command, NULL);
	EACH_INT(gb_unit_decode(&unit, NULL, all, GB_MAX_OBJECTS), count);
	for (int max = 0; max <= count + 1; max++)
	{
		int			want = max < count ? max : count;
		gb_object  *some = exact_room((size_t) max * sizeof(gb_object));

		gb_unit_open(&unit, app, (uint16_t) len, f->command, NULL);
		EACH_INT(gb_unit_decode(&unit, NULL, some, max), want);
		EACH_INT(unit.fault, GB_FAULT_NONE);
		for (int i = 0; i < want; i++)
			EACH(object_same(&some[i], &all[i]));
		free(some);
	}
}

static void
max_smaller_than_held(void)
{
	uint64_t	seed = 12;

	for (int i = 0; i < STANDARD_FORMS; i++)
	{
		room_for_fewer(&standard_forms[i], &seed);
		CHECK_EACH("room for fewer objects");
	}
}

/* An object goes into exactly its size of room, and not into less. */
static void
encode_needs_its_room(void)
{
	static const uint8_t text[40] = "forty bytes of text, more than a field";
	uint8_t		out[300];

	for (int i = 0; i < STANDARD_FORMS; i++)
	{
		const form *f = &standard_forms[i];
		const gb_layout *layout = gb_layout_standard(f->type);
		bool		varying = strchr(f->picture, 'L') != NULL;
		gb_object	o = {.field = text, .field_len = sizeof(text)};
		int			size = f->size + (varying ? (int) sizeof(text) : 0);

		memset(out, 0x5a, sizeof(out));
		for (int room = 0; room < size; room++)
			EACH_INT(gb_object_encode(layout, NULL, &o, out, (uint16_t) room),
					 0);
		EACH_INT(out[0], 0x5a);
		EACH_INT(gb_object_encode(layout, NULL, &o, out, (uint16_t) size),
				 size);
		EACH_INT(out[size], 0x5a);
	}
	CHECK_EACH("room");
}

static void
encode_text(uint8_t type, const char *text, uint8_t len, const void *want,
			int size)
{
	const gb_layout *layout = gb_layout_standard(type);
	gb_object	o = {.field = (const uint8_t *) text, .field_len = len};
	uint8_t		out[300];

	memset(out, 0x5a, sizeof(out));
	CHECK_INT(gb_object_encode(layout, NULL, &o, out, sizeof(out)), size);
	CHECK_BYTES(out, want, (size_t) size);
	CHECK_INT(out[size], 0x5a);
}

static void
encoded_texts(void)
{
	uint8_t		part[38] = {0};
	uint8_t		longest[258] = {0, 0, 255};
	char		letters[256];

	encode_text(7, NULL, 0, part, 38);
	memcpy(part + 7, "smoke", 5);
	encode_text(7, "smoke", 5, part, 38);
	memset(letters, 'z', sizeof(letters));
	memset(part + 7, 'z', 31);
	encode_text(7, letters, 31, part, 38);
	encode_text(7, letters, 32, part, 38);
	encode_text(7, letters, 255, part, 38);
	encode_text(6, NULL, 0, "\0\0\0", 3);
	encode_text(6, "ab", 2, "\0\0\2ab", 5);
	encode_text(26, NULL, 0, "\0", 1);
	encode_text(26, "ab", 2, "\2ab", 3);
	memset(longest + 3, 'z', 255);
	encode_text(6, letters, 255, longest, 258);
	encode_text(26, letters, 255, longest + 2, 256);
}

/* The text inside its field, as gb_object_text gives it. */
static void
text_of_an_object(void)
{
	uint8_t		app[48] = {2, 1};
	gb_object	o;
	gb_unit		unit;
	gb_slice	text;

	memcpy(app + 11, "\0\0smoke\0left-over", 17);
	gb_unit_open(&unit, app, sizeof(app), 2, NULL);
	CHECK_INT(gb_unit_decode(&unit, NULL, &o, 1), 1);
	text = gb_object_text(&o);
	CHECK(o.field == app + 11);
	CHECK_INT(o.field_len, 31);
	CHECK(text.at == app + 13);
	CHECK_INT(text.len, 5);
}

int
main(void)
{
	RUN(layouts_match_the_table);
	RUN(state_kinds);
	RUN(every_type_both_ways);
	RUN(counts_that_do_not_fit);
	RUN(commands_of_every_type);
	RUN(warnings_together);
	RUN(ends_of_every_range);
	RUN(types_without_a_form);
	RUN(one_byte_has_no_count);
	RUN(hostile_lengths);
	RUN(max_smaller_than_held);
	RUN(encode_needs_its_room);
	RUN(encoded_texts);
	RUN(text_of_an_object);
	return check_done();
}
