/*
 * unit.c
 *	  Opening an application data unit.
 */
#include "codec/unit.h"

#include <stddef.h>

/* A type without a layout: why it has none. */
static gb_warnings
warning_of_type(uint8_t type)
{
	switch (gb_codes[GB_CODES_DATA_UNIT_TYPE][type].kind)
	{
		case GB_CODE_USER:
			return GB_WARN_TYPE_USER;
		case GB_CODE_UNASSIGNED:
			return GB_WARN_TYPE_UNASSIGNED;
		default:
			return GB_WARN_TYPE_RESERVED;
	}
}

void
gb_unit_open(gb_unit *unit, const uint8_t *app, uint16_t len,
			 uint8_t command, const gb_profile *profile)
{
	const gb_layout *layout = gb_profile_layout(profile, app[0]);

	unit->type = app[0];
	unit->layout = layout;
	unit->warnings = 0;
	unit->fault = GB_FAULT_NONE;
	if (len < 2)
	{
		unit->layout = NULL;
		unit->count = 0;
		unit->payload = app + 1;
		unit->payload_len = 0;
		if (!gb_profile_has(profile, GB_P_HANDSHAKE))
		{
			unit->fault = GB_FAULT_NO_OBJECT_COUNT;
			unit->warnings = GB_WARN_APP_LEN_1;
		}
		return;
	}
	unit->count = app[1];
	unit->payload = app + 2;
	unit->payload_len = (uint16_t) (len - 2);
	if (layout == NULL)
	{
		unit->warnings = warning_of_type(unit->type);
		return;
	}
	if (unit->count > layout->max_count)
		unit->warnings |= GB_WARN_COUNT_OVER;
	if (command > 7 || (layout->commands & GB_CMD_BIT(command)) == 0)
		unit->warnings |= GB_WARN_TYPE_COMMAND;
}
