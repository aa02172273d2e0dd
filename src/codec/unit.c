/*
 * unit.c
 *	  Table 3 as data, and opening an application data unit.
 */
#include "codec/unit.h"

#include "codec/profile.h"

#define SEND (GB_CMD_BIT(GB_CMD_SEND) | GB_CMD_BIT(GB_CMD_RESPONSE))
#define READ GB_CMD_BIT(GB_CMD_REQUEST)
#define CONTROL GB_CMD_BIT(GB_CMD_CONTROL)

#define SYSTEM_AND_ADDR (GB_F_SYSTEM | GB_F_COMP_ADDR)

/* Clause 8.3; the figures' fields, the limits of their counts. */
const gb_layout gb_standard_layouts[] = {
	GB_LAYOUT(1, 102, SEND, GB_STATE_SYSTEM, 0,
			  GB_F_SYSTEM | GB_F_STATUS16 | GB_F_TIME),
	GB_LAYOUT(2, 22, SEND, GB_STATE_COMPONENT, 0,
			  GB_F_PART | GB_F_STATUS16 | GB_F_TEXT31 | GB_F_TIME),
	GB_LAYOUT(3, 63, SEND, GB_STATE_NONE, 0,
			  GB_F_PART | GB_F_ANALOG | GB_F_TIME),
	GB_LAYOUT(4, 102, SEND, GB_STATE_FACILITY_OPERATION, 0,
			  GB_F_SYSTEM | GB_F_OPERATION | GB_F_OPERATOR | GB_F_TIME),
	GB_LAYOUT(5, 1, SEND, GB_STATE_NONE, 0,
			  GB_F_SYSTEM | GB_F_VERSION),
	GB_LAYOUT(6, 3, SEND, GB_STATE_NONE, 0,
			  GB_F_SYSTEM | GB_F_TEXT_L),
	GB_LAYOUT(7, 26, SEND, GB_STATE_NONE, 0,
			  GB_F_PART | GB_F_TEXT31),
	GB_LAYOUT(8, 1, SEND, GB_STATE_NONE, 0,
			  GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT(21, 1, SEND, GB_STATE_DEVICE, 0,
			  GB_F_STATUS8 | GB_F_TIME),
	GB_LAYOUT(24, 127, SEND, GB_STATE_DEVICE_OPERATION, 0,
			  GB_F_OPERATION | GB_F_OPERATOR | GB_F_TIME),
	GB_LAYOUT(25, 1, SEND, GB_STATE_NONE, 0,
			  GB_F_VERSION),
	GB_LAYOUT(26, 1, SEND, GB_STATE_NONE, 0,
			  GB_F_TEXT_L),
	GB_LAYOUT(28, 1, SEND, GB_STATE_NONE, 0,
			  GB_F_TIME),
	GB_LAYOUT(61, 102, READ, GB_STATE_NONE, 1,
			  GB_F_SYSTEM),
	GB_LAYOUT(62, 22, READ, GB_STATE_NONE, 2,
			  SYSTEM_AND_ADDR),
	GB_LAYOUT(63, 63, READ, GB_STATE_NONE, 3,
			  SYSTEM_AND_ADDR),
	GB_LAYOUT(64, 1, READ, GB_STATE_NONE, 4,
			  GB_F_SYSTEM | GB_F_RECORDS | GB_F_START),
	GB_LAYOUT(65, 1, READ, GB_STATE_NONE, 5,
			  GB_F_SYSTEM),
	GB_LAYOUT(66, 3, READ, GB_STATE_NONE, 6,
			  GB_F_SYSTEM),
	GB_LAYOUT(67, 26, READ, GB_STATE_NONE, 7,
			  SYSTEM_AND_ADDR),
	GB_LAYOUT(68, 1, READ, GB_STATE_NONE, 8,
			  GB_F_SYSTEM),
	GB_LAYOUT(81, 1, READ, GB_STATE_NONE, 21,
			  GB_F_RESERVED),
	GB_LAYOUT(84, 1, READ, GB_STATE_NONE, 24,
			  GB_F_RECORDS | GB_F_START),
	GB_LAYOUT(85, 1, READ, GB_STATE_NONE, 25,
			  GB_F_RESERVED),
	GB_LAYOUT(86, 1, READ, GB_STATE_NONE, 26,
			  GB_F_RESERVED),
	GB_LAYOUT(88, 1, READ, GB_STATE_NONE, 28,
			  GB_F_RESERVED),
	GB_LAYOUT(89, 1, CONTROL, GB_STATE_NONE, 0,
			  GB_F_RESERVED),
	GB_LAYOUT(90, 1, CONTROL, GB_STATE_NONE, 0,
			  GB_F_TIME),
	GB_LAYOUT(91, 1, CONTROL, GB_STATE_NONE, 0,
			  GB_F_MINUTES),
};

const uint8_t gb_standard_places[256] = {
	[1] = 1,[2] = 2,[3] = 3,[4] = 4,[5] = 5,[6] = 6,[7] = 7,[8] = 8,
	[21] = 9,[24] = 10,[25] = 11,[26] = 12,[28] = 13,
	[61] = 14,[62] = 15,[63] = 16,[64] = 17,[65] = 18,[66] = 19,[67] = 20,
	[68] = 21,[81] = 22,[84] = 23,[85] = 24,[86] = 25,[88] = 26,[89] = 27,
	[90] = 28,[91] = 29,
};

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
		unit->count = 0;
		unit->payload = app + 1;
		unit->payload_len = 0;
		if (!gb_profile_allows_handshake(profile))
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
