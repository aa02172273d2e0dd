/*
 * test_profile.c
 *	  Dialects: what each changes, and that it changes nothing else.
 */
#include "codec/profile.h"

#include "codec/frame.h"

#include "unit/check.h"
#include "unit/forms.h"
#include "unit/sample.h"

/* The forms that a dialect adds or puts in place of the standard's. */
static const form dahua_forms[] = {
	{0, "x110", 110, 1, 0, 0},
	{140, "x110", 110, 1, 0, 0},
	{90, "T", 6, 1, 1, 0},
	/* the standard's own, with bits that have a meaning here */
	{1, "sawT", 10, 102, 2, 0x8000},
	{2, "sacAwtT", 46, 22, 2, 0},
	{0}
};

static const form jk_forms[] = {
	{128, "T", 6, 1, 2, 0},
	{129, "T", 6, 1, 2, 0},
	{130, "T", 6, 1, 2, 0},
	{131, "T", 6, 1, 2, 0},
	{132, "saT", 8, 102, 2, 0},
	{133, "saT", 8, 102, 2, 0},
	{134, "sawT", 10, 102, 2, 0xc000},
	{135, "sacAwtT", 46, 22, 2, 0xfe00},
	{136, "bT", 7, 1, 2, 0x80},
	{188, "r", 1, 1, 4, 0},
	{189, "T", 6, 1, 1, 0},
	{0}
};

static const form nb_iot_forms[] = {
	{3, "sacAqvx6", 16, 63, 2, 0},
	{0}
};

static const form timeless_forms[] = {
	{21, "b", 1, 1, 2, 0x80},
	{0}
};

static const form eiel_forms[] = {
	{204, "sax15", 17, 60, 2, 0},
	{205, "sax5T", 13, 78, 2, 0},
	{0}
};

static const form fubei_forms[] = {
	{2, "sax8T", 16, 63, 2, 0},
	{3, "sax8T", 16, 63, 2, 0},
	{135, "sax8T", 16, 63, 2, 0},
	{136, "bT", 7, 1, 2, 0x80},
	{150, "sax8T", 16, 63, 2, 0},
	{151, "sax8T", 16, 63, 2, 0},
	{0}
};

static const form fscn_forms[] = {
	{190, "r", 1, 1, 2, 0},
	{0}
};

static const form fire_monitor_forms[] = {
	{60, "sax32", 34, 1, 2, 0},
	{0}
};

static const form no_forms[] = {{0}};

#define DAHUA_COMMANDS (1 << 0 | 1 << 7)
#define DAHUA_FLAGS (GB_P_ADDRESS_WIRE | GB_P_TEST_WHEN_SET)

static const struct dialect
{
	const char *name;
	uint32_t	flags;
	gb_time_coding time_coding;
	int			commands;
	const form *forms;
}			dialects[] = {
	{"dahua-1.03", DAHUA_FLAGS, GB_TIME_BCD, DAHUA_COMMANDS, dahua_forms},
	{"dahua-binary-time", DAHUA_FLAGS, GB_TIME_BINARY, DAHUA_COMMANDS,
	dahua_forms},
	{"jd-f53", GB_P_ADDRESS_WIRE | GB_P_PART_WIRE, GB_TIME_BINARY, 0,
	no_forms},
	{"jk-gh2013g", 0, GB_TIME_BINARY, 0, jk_forms},
	{"nb-iot", GB_P_HEADER_TIME, GB_TIME_BINARY, 0, nb_iot_forms},
	{"handshake-1-byte", GB_P_HANDSHAKE, GB_TIME_BINARY, 0, no_forms},
	{"type21-without-time", GB_P_HEADER_TIME, GB_TIME_BINARY, 0,
	timeless_forms},
	{"leader-6920", 0, GB_TIME_BINARY, 0, no_forms},
	{"eiel", 0, GB_TIME_BINARY, 0, eiel_forms},
	{"fubei-2024", 0, GB_TIME_BINARY, 0, fubei_forms},
	{"fscn8001", 0, GB_TIME_BINARY, 0, fscn_forms},
	{"fire-monitor", 0, GB_TIME_BINARY, 0, fire_monitor_forms},
	{"utf8-text", GB_P_UTF8_TEXT, GB_TIME_BINARY, 0, no_forms},
	{"ascii-hex", GB_P_HEX_TEXT, GB_TIME_BINARY, 0, no_forms},
};

#define DIALECTS (int) (sizeof(dialects) / sizeof(dialects[0]))

static const form *
dialect_form(const struct dialect *d, int type)
{
	for (const form *f = d->forms; f->picture != NULL; f++)
		if (f->type == type)
			return f;
	return NULL;
}

static void
profiles_are_found(void)
{
	for (int i = 0; i < DIALECTS; i++)
	{
		const gb_profile *profile = gb_profile_find(dialects[i].name);

		CHECK(profile != NULL);
		if (profile == NULL)
			continue;
		CHECK_INT(profile->flags, dialects[i].flags);
		CHECK_INT(profile->time_coding, dialects[i].time_coding);
		CHECK_INT(profile->commands, dialects[i].commands);
		CHECK(profile->title[GB_ZH][0] != '\0');
		CHECK(profile->title[GB_EN][0] != '\0');
	}
	for (int i = 0; gb_profile_at(i) != NULL; i++)
		CHECK(gb_profile_find(gb_profile_at(i)->name) == gb_profile_at(i));
	CHECK(gb_profile_at(DIALECTS - 1) != NULL);
	CHECK(gb_profile_at(DIALECTS) == NULL);
	CHECK(gb_profile_at(-1) == NULL);
	CHECK(gb_profile_find("") == NULL);
	CHECK(gb_profile_find("DAHUA-1.03") == NULL);
}

/* A full unit of any layout fits into a frame, the state's width fits it. */
static void
layout_is_sound(const gb_layout *layout)
{
	uint32_t	fields = layout->fields;
	int			size = GB_FIELDS_SIZE(fields) + layout->opaque;
	const gb_bit_field *state = gb_bit_field_of(layout->state_kind);

	CHECK_INT(layout->size, size);
	CHECK(layout->max_count >= 1);
	CHECK(2 + layout->max_count * size <= GB_MAX_APP);
	CHECK_INT((fields & GB_F_OPAQUE) != 0, layout->opaque > 0);
	CHECK_INT((fields & GB_F_STATE) != 0, state != NULL);
	if (state != NULL)
		CHECK_INT(state->width, (fields & GB_F_STATUS16) != 0 ? 16 : 8);
}

static void
layouts_are_sound(void)
{
	const gb_profile *profile;

	for (int i = 0; (profile = gb_profile_at(i)) != NULL; i++)
		for (int j = 0; j < profile->layout_count; j++)
		{
			layout_is_sound(&profile->layouts[j]);
			for (int k = 0; k < j; k++)
				EACH(profile->layouts[k].type != profile->layouts[j].type);
		}
	CHECK_EACH("each type once in a profile");
}

/* Each flag is a bit of its own. */
static void
flags_are_distinct(void)
{
	static const gb_profile_flag flags[] = {
		GB_P_ADDRESS_WIRE, GB_P_HEADER_TIME, GB_P_HANDSHAKE,
		GB_P_UTF8_TEXT, GB_P_PART_WIRE, GB_P_TEST_WHEN_SET, GB_P_HEX_TEXT
	};
	unsigned	seen = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
	{
		CHECK(flags[i] != 0 && (flags[i] & (flags[i] - 1)) == 0);
		CHECK_INT(seen & flags[i], 0);
		seen |= flags[i];
	}
}

/* Only one added type is a question with an answer of its own. */
static void
answers_of_the_profiles(void)
{
	const gb_profile *jk = gb_profile_find("jk-gh2013g");
	const gb_profile *profile;

	CHECK_INT(gb_profile_layout(jk, 188)->answered_by, 128);
	for (int i = 0; (profile = gb_profile_at(i)) != NULL; i++)
		for (int j = 0; j < profile->layout_count; j++)
			if (profile != jk || profile->layouts[j].type != 188)
				EACH_INT(profile->layouts[j].answered_by, 0);
	CHECK_EACH("no other answers");
}

/* Every type that a dialect does not list is the standard's. */
static void
other_layouts_are_the_standards(void)
{
	for (int i = 0; i < DIALECTS; i++)
	{
		const gb_profile *profile = gb_profile_find(dialects[i].name);
		int			own = 0;

		for (int type = 0; type < 256; type++)
		{
			uint8_t		t = (uint8_t) type;

			if (gb_profile_layout(profile, t) != gb_layout_standard(t))
			{
				own++;
				EACH(dialect_form(&dialects[i], type) != NULL);
			}
		}
		EACH_INT(own, profile->layout_count);
		CHECK_EACH(profile->name);
	}
}

static void
every_form_of_every_profile(void)
{
	uint64_t	seed = 13;

	for (int i = 0; i < DIALECTS; i++)
	{
		const gb_profile *profile = gb_profile_find(dialects[i].name);

		for (const form *f = dialects[i].forms; f->picture != NULL; f++)
			compare_form(f, profile, &seed, 1, 4);
		for (int j = 0; j < STANDARD_FORMS; j++)
			if (dialect_form(&dialects[i], standard_forms[j].type) == NULL)
				compare_form(&standard_forms[j], profile, &seed, 9, 1);
	}
}

/* The plain standard knows none of it. */
static void
standard_is_unchanged(void)
{
	gb_unit		unit;
	uint8_t		app[120] = {0};

	app[1] = 1;
	for (int i = 0; i < DIALECTS; i++)
		for (const form *f = dialects[i].forms; f->picture != NULL; f++)
		{
			bool		standard = gb_layout_standard(f->type) != NULL;

			app[0] = f->type;
			gb_unit_open(&unit, app, sizeof(app), f->command, NULL);
			EACH(unit.layout == gb_layout_standard(f->type));
			EACH_INT(unit.warnings, standard ? 0 : f->type > 127 ?
					 GB_WARN_TYPE_USER : GB_WARN_TYPE_RESERVED);
		}
	CHECK_EACH("types of the dialects");
	CHECK(!gb_profile_has(NULL, GB_P_HANDSHAKE));
	CHECK_INT(gb_profile_time(NULL), GB_TIME_BINARY);
	for (int bit = 0; bit < 31; bit++)
		EACH(!gb_profile_has(NULL, (gb_profile_flag) (1 << bit)));
	CHECK_EACH("no flag");
}

static gb_error
error_of_command(const gb_profile *profile, int command)
{
	uint8_t		bytes[SAMPLE_MAX];
	size_t		len = sample_frame(bytes, 1, (uint8_t) command, NULL, 0);
	gb_frame	frame;
	uint8_t		computed;

	return gb_frame_check(&frame, bytes, len, profile, &computed);
}

static void
commands_of_every_profile(void)
{
	for (int i = -1; i < DIALECTS; i++)
	{
		const gb_profile *profile =
			i < 0 ? NULL : gb_profile_find(dialects[i].name);
		int			more = i < 0 ? 0 : dialects[i].commands;

		for (int command = 0; command < 256; command++)
		{
			bool		known = (command >= 1 && command <= 6) ||
				command >= 128 || (command < 8 && (more & 1 << command) != 0);

			EACH_INT(gb_profile_command(profile, (uint8_t) command), known);
			EACH_INT(error_of_command(profile, command),
					 known ? GB_OK : GB_UNKNOWN_COMMAND);
		}
		CHECK_EACH(i < 0 ? "standard" : profile->name);
	}
}

/* One data byte: a whole unit for a handshake, a fault for all others. */
static void
handshake(void)
{
	static const uint8_t app[1] = {22};

	for (int i = 0; i < DIALECTS; i++)
	{
		const gb_profile *profile = gb_profile_find(dialects[i].name);
		bool		allowed = (dialects[i].flags & GB_P_HANDSHAKE) != 0;
		gb_unit		unit;

		gb_unit_open(&unit, app, 1, GB_CMD_SEND, profile);
		CHECK_INT(unit.type, 22);
		CHECK_INT(unit.count + unit.payload_len, 0);
		CHECK_INT(unit.fault,
				  allowed ? GB_FAULT_NONE : GB_FAULT_NO_OBJECT_COUNT);
		CHECK_INT(unit.warnings, allowed ? 0 : GB_WARN_APP_LEN_1);
	}
}

/* The header's time tag and addresses, as the dialect codes them. */
static void
control_unit_of_every_profile(void)
{
	uint8_t		bytes[SAMPLE_MAX];

	sample_frame(bytes, 1, 2, NULL, 0);
	memcpy(bytes + 6, "\x05\x30\x14\x19\x09\x26", 6);
	for (int i = 0; i < DIALECTS; i++)
	{
		const gb_profile *profile = gb_profile_find(dialects[i].name);
		bool		bcd = dialects[i].time_coding == GB_TIME_BCD;
		bool		wire = (dialects[i].flags & GB_P_ADDRESS_WIRE) != 0;
		gb_frame	frame;

		gb_frame_read(&frame, bytes, profile);
		CHECK_INT(frame.time.minute, bcd ? 30 : 0x30);
		CHECK_INT(frame.time.hour, bcd ? 14 : 0x14);
		CHECK_INT(frame.time.year, bcd ? 26 : 0x26);
		CHECK(frame.time.known);
		CHECK_INT(frame.src, wire ? 0x0c0b0a000000 : 0x0a0b0c);
		CHECK_INT(frame.dst, wire ? 0x385b00000000 : 0x5b38);
	}
}

/* A tag that is no BCD leaves the frame good and the time not known. */
static void
no_decimal_digits(void)
{
	const gb_profile *dahua = gb_profile_find("dahua-1.03");
	uint8_t		bytes[SAMPLE_MAX];
	gb_frame	frame;

	sample_frame(bytes, 1, 2, (const uint8_t *) "ab", 2);
	bytes[7] = 0x1a;
	gb_frame_read(&frame, bytes, dahua);
	CHECK(!frame.time.known);
	CHECK_INT(frame.warnings, GB_WARN_TIME);
}

static void
bits_are(const char *name, int state_kind, int bits, const char *keys)
{
	const gb_profile *profile = gb_profile_find(name);
	char		got[200] = "";

	for (int i = -1; i <= 16; i++)
	{
		const gb_profile_bit *bit = gb_profile_bit_of(profile, state_kind, i);

		EACH_INT(bit != NULL, i >= 0 && (bits >> i & 1) != 0);
		if (bit == NULL)
			continue;
		EACH_INT(bit->bit, i);
		EACH_INT(bit->state_kind, state_kind);
		EACH(bit->name[GB_ZH] != NULL && bit->name[GB_EN] != NULL);
		strcat(strcat(got, bit->key), " ");
	}
	CHECK_EACH(name);
	CHECK_STR(got, keys);
}

static void
bits_of_the_profiles(void)
{
	static const char *const dahua[] = {"dahua-1.03", "dahua-binary-time"};

	for (int i = 0; i < 2; i++)
	{
		bits_are(dahua[i], GB_STATE_SYSTEM, 0x4001, "test removed ");
		bits_are(dahua[i], GB_STATE_COMPONENT, 0xfe01, "test offline "
				 "open_circuit short_circuit removed undervoltage "
				 "sensor_fault upgrade_fault ");
		bits_are(dahua[i], GB_STATE_DEVICE, 0, "");
	}
	for (int i = 2; i < DIALECTS; i++)
		bits_are(dialects[i].name, GB_STATE_COMPONENT, 0, "");
	CHECK(gb_profile_bit_of(NULL, GB_STATE_COMPONENT, 9) == NULL);
}

/* The standard's bits: bit 0 turned round, faults of the dialect as fault. */
static int
dahua_state(int state_kind, int bits)
{
	int			faults = state_kind == GB_STATE_SYSTEM ? 0x4000 :
		state_kind == GB_STATE_COMPONENT ? 0xfe00 : 0;

	if (state_kind != GB_STATE_SYSTEM && state_kind != GB_STATE_COMPONENT)
		return bits;
	return (bits ^ 1) | ((bits & faults) != 0 ? 4 : 0);
}

static void
states_of_every_profile(void)
{
	static const int kinds[] = {
		GB_STATE_NONE, GB_STATE_SYSTEM, GB_STATE_COMPONENT,
		GB_STATE_FACILITY_OPERATION, GB_STATE_DEVICE,
		GB_STATE_DEVICE_OPERATION
	};

	for (int i = -1; i < DIALECTS; i++)
	{
		const gb_profile *profile =
			i < 0 ? NULL : gb_profile_find(dialects[i].name);
		bool		turned = i >= 0 && dialects[i].flags == DAHUA_FLAGS;

		for (size_t j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++)
			for (int bits = 0; bits < 65536; bits += check_stride())
				EACH_INT(gb_profile_state(profile, kinds[j], (uint16_t) bits),
						 turned ? dahua_state(kinds[j], bits) : bits);
		CHECK_EACH(i < 0 ? "standard" : profile->name);
	}
}

/* A dialect's own bit sets the standard's of its class; no class, no bit. */
static void
state_of_each_class(void)
{
	static const gb_profile_bit bits[] = {
		{GB_STATE_COMPONENT, 9, GB_CLASS_FIRE, "flame", {"", ""}},
		{GB_STATE_COMPONENT, 10, GB_CLASS_FAULT, "loose", {"", ""}},
		{GB_STATE_COMPONENT, 11, GB_CLASS_EVENT, "open", {"", ""}},
		{GB_STATE_COMPONENT, 12, GB_CLASS_NONE, "lit", {"", ""}},
	};
	static const gb_profile profile = {.bits = bits, .bit_count = 4};

	CHECK_INT(gb_profile_state(&profile, GB_STATE_COMPONENT, 0), 0);
	CHECK_INT(gb_profile_state(&profile, GB_STATE_COMPONENT, 0x200), 0x202);
	CHECK_INT(gb_profile_state(&profile, GB_STATE_COMPONENT, 0x400), 0x404);
	CHECK_INT(gb_profile_state(&profile, GB_STATE_COMPONENT, 0x1801), 0x1811);
	CHECK_INT(gb_profile_state(&profile, GB_STATE_COMPONENT, 0x1001), 0x1001);
	CHECK_INT(gb_profile_state(&profile, GB_STATE_COMPONENT, 0x600), 0x606);
	CHECK_INT(gb_profile_state(&profile, GB_STATE_SYSTEM, 0x600), 0x600);
}

int
main(void)
{
	RUN(profiles_are_found);
	RUN(layouts_are_sound);
	RUN(flags_are_distinct);
	RUN(answers_of_the_profiles);
	RUN(other_layouts_are_the_standards);
	RUN(every_form_of_every_profile);
	RUN(standard_is_unchanged);
	RUN(commands_of_every_profile);
	RUN(handshake);
	RUN(control_unit_of_every_profile);
	RUN(no_decimal_digits);
	RUN(bits_of_the_profiles);
	RUN(states_of_every_profile);
	RUN(state_of_each_class);
	return check_done();
}
