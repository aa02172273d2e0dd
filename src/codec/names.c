/*
 * names.c
 *	  Look-up in the generated code tables.
 */
#include "codec/names.h"

#include <stddef.h>
#include <string.h>

const gb_bit_field *
gb_bit_field_of(int state_kind)
{
	/* place of each kind in the generated table, from 1 */
	static const uint8_t place[] = {
		[GB_STATE_SYSTEM] = 1,
		[GB_STATE_COMPONENT] = 2,
		[GB_STATE_FACILITY_OPERATION] = 3,
		[GB_STATE_DEVICE] = 4,
		[GB_STATE_DEVICE_OPERATION] = 5,
	};

	if (state_kind < 0 || state_kind >= (int) sizeof(place) ||
		place[state_kind] == 0)
		return NULL;
	return &gb_bit_fields[place[state_kind] - 1].field;
}

const gb_bit_field *
gb_bit_field_find(const char *key, int len, gb_state_kind *kind)
{
	for (int i = 0; i < GB_BIT_FIELD_COUNT; i++)
	{
		const gb_bit_field *field = &gb_bit_fields[i].field;

		if (strlen(field->key) == (size_t) len &&
			memcmp(field->key, key, (size_t) len) == 0)
		{
			*kind = gb_bit_fields[i].kind;
			return field;
		}
	}
	return NULL;
}

gb_alarm_class
gb_alarm_class_of(int state_kind, uint16_t bits)
{
	const gb_bit_field *field = gb_bit_field_of(state_kind);
	gb_alarm_class gravest = GB_CLASS_NONE;

	if (field == NULL)
		return GB_CLASS_NONE;
	for (int i = 0; i < field->width; i++)
		if ((bits >> i & 1) != 0 && field->bit[i].alarm_class > gravest)
			gravest = field->bit[i].alarm_class;
	return gravest;
}

const char *
gb_alarm_class_key(gb_alarm_class alarm_class)
{
	static const char *const keys[] = {
		[GB_CLASS_NONE] = NULL,
		[GB_CLASS_EVENT] = "event",
		[GB_CLASS_LINK] = "link",
		[GB_CLASS_FAULT] = "fault",
		[GB_CLASS_FIRE] = "fire",
	};

	return keys[alarm_class];
}

void
gb_decimal(char out[GB_DECIMAL_SIZE], int16_t raw, uint8_t quantity)
{
	int			decimals = quantity < GB_QUANTITY_COUNT ?
		gb_quantities[quantity].decimals : 0;
	int			rest = raw < 0 ? -(int) raw : raw;
	char		digits[8];
	int			n = 0;

	/* lowest digit first, and at least one before the point */
	while (rest > 0 || n <= decimals)
	{
		digits[n++] = (char) ('0' + rest % 10);
		rest /= 10;
	}
	if (raw < 0)
		*out++ = '-';
	while (n > 0)
	{
		*out++ = digits[--n];
		if (n == decimals && n > 0)
			*out++ = '.';
	}
	*out = '\0';
}
