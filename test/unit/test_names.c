/*
 * test_names.c
 *	  The generated code tables against their CSV files and the standard's
 *	  figures; bit fields, alarm classes, exact decimals.
 */
#include <math.h>

#include "codec/names.h"

#include "unit/check.h"
#include "unit/csv.h"

static gb_code_kind
kind_by_word(const char *word)
{
	static const char *const words[] = {
		[GB_CODE_UNUSED] = "unused",
		[GB_CODE_RESERVED] = "reserved",
		[GB_CODE_DEFINED] = "defined",
		[GB_CODE_USER] = "user",
		[GB_CODE_UNASSIGNED] = "unassigned",
	};

	for (int i = 0; i <= GB_CODE_UNASSIGNED; i++)
		if (strcmp(words[i], word) == 0)
			return (gb_code_kind) i;
	return (gb_code_kind) -1;
}

static const char *
null_if_empty(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

/* Every code has both names. */
static void
codes_match(gb_code_table table, const char *file)
{
	csv_table  *csv = csv_read(file);

	CHECK_INT(csv->rows, 256);
	for (int i = 0; i < 256; i++)
	{
		const gb_code *code = &gb_codes[table][i];

		EACH_INT(csv_int(csv, i, "code"), i);
		EACH_STR(code->name[GB_ZH], null_if_empty(csv_get(csv, i, "name_zh")));
		EACH_STR(code->name[GB_EN], null_if_empty(csv_get(csv, i, "name_en")));
		EACH_INT(code->kind, kind_by_word(csv_get(csv, i, "kind")));
		EACH(code->name[GB_ZH] != NULL && code->name[GB_EN] != NULL);
	}
	CHECK_EACH(file);
	csv_free(csv);
}

static void
code_tables_are_complete(void)
{
	codes_match(GB_CODES_COMMAND, "command");
	codes_match(GB_CODES_DATA_UNIT_TYPE, "data_unit_type");
	codes_match(GB_CODES_SYSTEM_TYPE, "system_type");
	codes_match(GB_CODES_COMPONENT_TYPE, "component_type");
	codes_match(GB_CODES_QUANTITY, "analog_type");
}

static int
codes_of_kind(gb_code_table table, gb_code_kind kind)
{
	int			n = 0;

	for (int i = 0; i < 256; i++)
		n += gb_codes[table][i].kind == kind;
	return n;
}

/* Counts by the text of the standard's tables 2 to 6. */
static void
code_counts(void)
{
	CHECK_INT(codes_of_kind(GB_CODES_COMMAND, GB_CODE_DEFINED), 6);
	CHECK_INT(codes_of_kind(GB_CODES_COMMAND, GB_CODE_USER), 128);
	CHECK_INT(codes_of_kind(GB_CODES_DATA_UNIT_TYPE, GB_CODE_DEFINED), 29);
	CHECK_INT(codes_of_kind(GB_CODES_DATA_UNIT_TYPE, GB_CODE_USER), 127);
	CHECK_INT(gb_codes[GB_CODES_DATA_UNIT_TYPE][255].kind,
			  GB_CODE_UNASSIGNED);
	CHECK_INT(codes_of_kind(GB_CODES_SYSTEM_TYPE, GB_CODE_DEFINED), 17);
	CHECK_INT(codes_of_kind(GB_CODES_SYSTEM_TYPE, GB_CODE_USER), 128);
	CHECK_INT(codes_of_kind(GB_CODES_COMPONENT_TYPE, GB_CODE_DEFINED), 66);
	CHECK_INT(codes_of_kind(GB_CODES_QUANTITY, GB_CODE_DEFINED), 12);
	CHECK_INT(gb_codes[GB_CODES_QUANTITY][0].kind, GB_CODE_UNUSED);
}

/* The standard's bits, by the keys of clause 8.2's figures. */
static const struct bit_field_case
{
	gb_state_kind kind;
	const char *key;
	const char *file;
	int			width;
	int			reserved;
	const char *bits;
}			bit_field_cases[] = {
	{
		GB_STATE_SYSTEM, "system", "system_status_bit", 16, 0xc000,
		"normal fire fault disabled supervisory started feedback delay "
		"main_power_fault backup_power_fault bus_fault manual "
		"config_changed reset "
	},
	{
		GB_STATE_COMPONENT, "component", "component_status_bit", 16, 0xfe00,
		"normal fire fault disabled supervisory started feedback delay "
		"power_fault "
	},
	{
		GB_STATE_FACILITY_OPERATION, "operation", "facility_operation_bit", 8,
		0x80, "reset silence manual_alarm alarm_cleared self_test "
		"acknowledge test "
	},
	{
		GB_STATE_DEVICE, "device", "device_status_bit", 8, 0x80,
		"normal fire fault main_power_fault backup_power_fault "
		"centre_link_fault monitor_line_fault "
	},
	{
		GB_STATE_DEVICE_OPERATION, "device_operation",
		"device_operation_bit", 8, 0x80, "reset silence manual_alarm "
		"alarm_cleared self_test duty_reply test "
	},
};

#define BIT_FIELD_CASES \
	(int) (sizeof(bit_field_cases) / sizeof(bit_field_cases[0]))

static void
bits_match(const gb_bit_field *field, const char *file)
{
	csv_table  *csv = csv_read(file);

	CHECK_INT(csv->rows, field->width);
	for (int i = 0; i < field->width; i++)
	{
		const gb_bit *bit = &field->bit[i];
		const char *class_key = gb_alarm_class_key(bit->alarm_class);

		EACH_STR(bit->key, null_if_empty(csv_get(csv, i, "key")));
		EACH_STR(bit->name[GB_ZH], null_if_empty(csv_get(csv, i, "name_zh")));
		EACH_STR(bit->name[GB_EN], null_if_empty(csv_get(csv, i, "name_en")));
		EACH_STR(bit->clear[GB_ZH],
				 null_if_empty(csv_get(csv, i, "clear_zh")));
		EACH_STR(bit->clear[GB_EN],
				 null_if_empty(csv_get(csv, i, "clear_en")));
		/* whether it is set or clear, a bit that is not reserved says so */
		EACH(bit->name[GB_ZH] != NULL && bit->name[GB_EN] != NULL);
		EACH(bit->key == NULL || bit->clear[GB_ZH] != NULL);
		EACH(bit->key == NULL || bit->clear[GB_EN] != NULL);
		EACH_STR(class_key, null_if_empty(csv_get(csv, i, "class")));
	}
	CHECK_EACH(file);
	csv_free(csv);
}

static void
bit_fields_are_complete(void)
{
	CHECK_INT(BIT_FIELD_CASES, GB_BIT_FIELD_COUNT);
	for (int i = 0; i < BIT_FIELD_CASES; i++)
	{
		const struct bit_field_case *want = &bit_field_cases[i];
		const gb_bit_field *field = gb_bit_field_of(want->kind);
		char		keys[300] = "";

		CHECK_INT(gb_bit_fields[i].kind, want->kind);
		CHECK(field == &gb_bit_fields[i].field);
		CHECK_STR(field->key, want->key);
		CHECK_INT(field->width, want->width);
		CHECK_INT(field->reserved, want->reserved);
		CHECK(field->name[GB_ZH] != NULL && field->name[GB_EN] != NULL);
		for (int bit = 0; bit < field->width; bit++)
			if (field->bit[bit].key != NULL)
				strcat(strcat(keys, field->bit[bit].key), " ");
		CHECK_STR(keys, want->bits);
		bits_match(field, want->file);
	}
}

static void
bit_fields_are_found(void)
{
	gb_state_kind kind = GB_STATE_NONE;

	for (int i = 0; i < BIT_FIELD_CASES; i++)
	{
		const char *key = bit_field_cases[i].key;
		const gb_bit_field *field =
			gb_bit_field_find(key, (int) strlen(key), &kind);

		CHECK(field == gb_bit_field_of(bit_field_cases[i].kind));
		CHECK_INT(kind, bit_field_cases[i].kind);
	}
	CHECK(gb_bit_field_find("system", 5, &kind) == NULL);
	CHECK(gb_bit_field_find("systems", 7, &kind) == NULL);
	CHECK(gb_bit_field_find("", 0, &kind) == NULL);
	/* by length, not up to a final zero */
	CHECK(gb_bit_field_find("device_operation", 6, &kind) ==
		  gb_bit_field_of(GB_STATE_DEVICE));
	for (int i = -300; i < 300; i++)
		EACH((gb_bit_field_of(i) != NULL) ==
			 (i == 1 || i == 2 || i == 4 || i == 21 || i == 24));
	CHECK_EACH("state kinds");
}

/* Masks of the bits of each class, gravest first. */
static const struct class_case
{
	gb_state_kind kind;
	uint16_t	fire;
	uint16_t	fault;
	uint16_t	link;
	uint16_t	event;
}			class_cases[] = {
	{GB_STATE_SYSTEM, 0x0002, 0x070c, 0, 0x0070},
	{GB_STATE_COMPONENT, 0x0002, 0x010c, 0, 0x0070},
	{GB_STATE_FACILITY_OPERATION, 0x0004, 0, 0, 0},
	{GB_STATE_DEVICE, 0x0002, 0x005c, 0x0020, 0},
	{GB_STATE_DEVICE_OPERATION, 0x0004, 0, 0, 0},
	{GB_STATE_NONE, 0, 0, 0, 0},
};

static gb_alarm_class
class_by_mask(const struct class_case *masks, uint16_t bits)
{
	if ((bits & masks->fire) != 0)
		return GB_CLASS_FIRE;
	if ((bits & masks->fault) != 0)
		return GB_CLASS_FAULT;
	if ((bits & masks->link) != 0)
		return GB_CLASS_LINK;
	return (bits & masks->event) != 0 ? GB_CLASS_EVENT : GB_CLASS_NONE;
}

/* Every set of bits; those past the width of a field say nothing. */
static void
alarm_classes(void)
{
	for (size_t i = 0; i < sizeof(class_cases) / sizeof(class_cases[0]); i++)
	{
		const struct class_case *masks = &class_cases[i];

		for (int bits = 0; bits < 65536; bits += check_stride())
			EACH_INT(gb_alarm_class_of(masks->kind, (uint16_t) bits),
					 class_by_mask(masks, (uint16_t) bits));
		CHECK_EACH("every set of bits");
	}
	CHECK_INT(gb_alarm_class_of(99, 0xffff), GB_CLASS_NONE);
}

static void
alarm_class_keys(void)
{
	CHECK_STR(gb_alarm_class_key(GB_CLASS_NONE), NULL);
	CHECK_STR(gb_alarm_class_key(GB_CLASS_EVENT), "event");
	CHECK_STR(gb_alarm_class_key(GB_CLASS_LINK), "link");
	CHECK_STR(gb_alarm_class_key(GB_CLASS_FAULT), "fault");
	CHECK_STR(gb_alarm_class_key(GB_CLASS_FIRE), "fire");
	CHECK(GB_CLASS_FIRE > GB_CLASS_FAULT && GB_CLASS_FAULT > GB_CLASS_LINK);
	CHECK(GB_CLASS_LINK > GB_CLASS_EVENT && GB_CLASS_EVENT > GB_CLASS_NONE);
}

/* Table 6: unit, decimals, and the range in the unit itself. */
static const struct quantity_case
{
	const char *unit;
	int			decimals;
	double		min;
	double		max;
}			quantity_cases[GB_QUANTITY_COUNT] = {
	{NULL, 0, 0, 0}, {"count", 0, 0, 32000}, {"m", 2, 0, 320},
	{"°C", 1, -273, 3200}, {"MPa", 1, 0, 3200}, {"kPa", 1, 0, 3200},
	{"%LEL", 1, 0, 100}, {"s", 0, 0, 32000}, {"V", 1, 0, 3200},
	{"A", 1, 0, 3200}, {"L/s", 1, 0, 3200}, {"m³/min", 1, 0, 3200},
	{"m/s", 0, 0, 20}
};

static void
quantities(void)
{
	csv_table  *csv = csv_read("analog_type");

	for (int i = 0; i < GB_QUANTITY_COUNT; i++)
	{
		const struct quantity_case *want = &quantity_cases[i];
		const gb_quantity *q = &gb_quantities[i];
		double		step = pow(10, want->decimals);

		CHECK_INT(q->scaled, i > 0);
		CHECK_INT(q->decimals, want->decimals);
		CHECK_INT(q->raw_min, lround(want->min * step));
		CHECK_INT(q->raw_max, lround(want->max * step));
		CHECK_STR(q->unit, want->unit);
		CHECK_STR(q->unit_zh, null_if_empty(csv_get(csv, i, "unit_zh")));
		CHECK_INT(q->raw_min, csv_int(csv, i, "raw_min"));
		CHECK_INT(q->raw_max, csv_int(csv, i, "raw_max"));
	}
	csv_free(csv);
}

/* Against the C library's rounding of the quotient, which is exact enough. */
static void
decimals_of(uint8_t quantity, int decimals)
{
	char	   *out = malloc(GB_DECIMAL_SIZE);
	double		step = pow(10, decimals);
	char		want[40];

	for (int raw = INT16_MIN; raw <= INT16_MAX; raw += check_stride())
	{
		snprintf(want, sizeof(want), "%.*f", decimals, raw / step);
		gb_decimal(out, (int16_t) raw, quantity);
		EACH_STR(out, want);
	}
	CHECK_EACH("every raw value");
	free(out);
}

static void
every_decimal(void)
{
	for (int i = 0; i < GB_QUANTITY_COUNT; i++)
		decimals_of((uint8_t) i, quantity_cases[i].decimals);
	decimals_of(GB_QUANTITY_COUNT, 0);
	decimals_of(128, 0);
	decimals_of(255, 0);
}

static void
decimals_by_example(void)
{
	char		out[GB_DECIMAL_SIZE];

	gb_decimal(out, -1, 2);
	CHECK_STR(out, "-0.01");
	gb_decimal(out, INT16_MIN, 2);
	CHECK_STR(out, "-327.68");
	gb_decimal(out, 0, 3);
	CHECK_STR(out, "0.0");
	gb_decimal(out, INT16_MIN, 200);
	CHECK_STR(out, "-32768");
}

int
main(void)
{
	RUN(code_tables_are_complete);
	RUN(code_counts);
	RUN(bit_fields_are_complete);
	RUN(bit_fields_are_found);
	RUN(alarm_classes);
	RUN(alarm_class_keys);
	RUN(quantities);
	RUN(every_decimal);
	RUN(decimals_by_example);
	return check_done();
}
