/*
 * profile.c
 *	  The dialects, as data.  Sources and confidence: docs/protocol.md.
 */
#include "codec/profile.h"

#include <stddef.h>
#include <string.h>

/*
 * Registration is command 0 with type 0 or, with a UUID in it, 140: versions,
 * IMEI, keep-alive period, serial number and more.  No time tag.
 */
static const gb_layout dahua_layouts[] = {
	GB_LAYOUT_OPAQUE(0, 1, GB_CMD_BIT(0), 110, 0),
	GB_LAYOUT_OPAQUE(140, 1, GB_CMD_BIT(0), 110, 0),
	/* the device asks for the time with it, too */
	GB_LAYOUT(90, 1, GB_UNDER_CONTROL, GB_STATE_NONE, 0, GB_F_TIME),
};

#define BIT(kind, bit, class, key, zh, en) \
	{GB_STATE_##kind, bit, GB_CLASS_##class, key, {zh, en}}

/* Bit 0 is turned round: set is test, clear is normal operation. */
static const gb_profile_bit dahua_bits[] = {
	BIT(SYSTEM, 0, NONE, "test", "测试状态", "test"),
	BIT(SYSTEM, 14, FAULT, "removed", "设备被拆", "removed"),
	BIT(COMPONENT, 0, NONE, "test", "测试状态", "test"),
	BIT(COMPONENT, 9, FAULT, "offline", "失联", "offline"),
	BIT(COMPONENT, 10, FAULT, "open_circuit", "开路", "open circuit"),
	BIT(COMPONENT, 11, FAULT, "short_circuit", "短路", "short circuit"),
	BIT(COMPONENT, 12, FAULT, "removed", "设备被拆", "removed"),
	BIT(COMPONENT, 13, FAULT, "undervoltage", "欠压", "undervoltage"),
	BIT(COMPONENT, 14, FAULT, "sensor_fault", "传感器故障", "sensor fault"),
	BIT(COMPONENT, 15, FAULT, "upgrade_fault", "升级故障", "upgrade fault"),
};

static const gb_layout jk_layouts[] = {
	GB_LAYOUT(128, 1, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_TIME),
	GB_LAYOUT(129, 1, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_TIME),
	GB_LAYOUT(130, 1, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_TIME),
	GB_LAYOUT(131, 1, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_TIME),
	GB_LAYOUT(132, 102, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT(133, 102, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT(134, 102, GB_UNDER_SEND, GB_STATE_SYSTEM, 0,
			  GB_F_SYSTEM | GB_F_STATUS16 | GB_F_TIME),
	GB_LAYOUT(135, 22, GB_UNDER_SEND, GB_STATE_COMPONENT, 0,
			  GB_F_PART | GB_F_STATUS16 | GB_F_TEXT31 | GB_F_TIME),
	GB_LAYOUT(136, 1, GB_UNDER_SEND, GB_STATE_DEVICE, 0,
			  GB_F_STATUS8 | GB_F_TIME),
	GB_LAYOUT(188, 1, GB_UNDER_READ, GB_STATE_NONE, 128,
			  GB_F_RESERVED),
	GB_LAYOUT(189, 1, GB_UNDER_CONTROL, GB_STATE_NONE, 0,
			  GB_F_TIME),
};

/* Signal and battery stand where the time tag would. */
static const gb_layout nb_iot_layouts[] = {
	GB_LAYOUT_OPAQUE(3, 63, GB_UNDER_SEND, 6, GB_F_PART | GB_F_ANALOG),
};

static const gb_layout timeless_layouts[] = {
	GB_LAYOUT(21, 1, GB_UNDER_SEND, GB_STATE_DEVICE, 0,
			  GB_F_STATUS8),
};

/* The time of type 204 stands inside the opaque bytes, one byte behind it. */
static const gb_layout eiel_layouts[] = {
	GB_LAYOUT_OPAQUE(204, 60, GB_UNDER_SEND, 15, GB_F_SYSTEM),
	GB_LAYOUT_OPAQUE(205, 78, GB_UNDER_SEND, 5, GB_F_SYSTEM | GB_F_TIME),
};

/* Opaque: device type, address, port, access type, value. */
static const gb_layout fubei_layouts[] = {
	GB_LAYOUT_OPAQUE(2, 63, GB_UNDER_SEND, 8, GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT_OPAQUE(3, 63, GB_UNDER_SEND, 8, GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT_OPAQUE(135, 63, GB_UNDER_SEND, 8, GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT(136, 1, GB_UNDER_SEND, GB_STATE_DEVICE, 0, GB_F_STATUS8 | GB_F_TIME),
	GB_LAYOUT_OPAQUE(150, 63, GB_UNDER_SEND, 8, GB_F_SYSTEM | GB_F_TIME),
	GB_LAYOUT_OPAQUE(151, 63, GB_UNDER_SEND, 8, GB_F_SYSTEM | GB_F_TIME),
};

static const gb_layout fscn_layouts[] = {
	GB_LAYOUT(190, 1, GB_UNDER_SEND, GB_STATE_NONE, 0,
			  GB_F_RESERVED),
};

static const gb_layout fire_monitor_layouts[] = {
	GB_LAYOUT_OPAQUE(60, 1, GB_UNDER_SEND, 32, GB_F_SYSTEM),
};

#define LAYOUTS(rows) .layouts = rows, .layout_count = sizeof(rows) / sizeof(rows[0])
#define BITS(rows) .bits = rows, .bit_count = sizeof(rows) / sizeof(rows[0])

static const gb_profile profiles[] = {
	{
		.name = "dahua-1.03",
		.title = {"大华补充协议 1.03", "Dahua supplement 1.03"},
		.flags = GB_P_ADDRESS_WIRE | GB_P_TEST_WHEN_SET,
		.time_coding = GB_TIME_BCD,
		.commands = GB_CMD_BIT(0) | GB_CMD_BIT(7),
		LAYOUTS(dahua_layouts), BITS(dahua_bits)
	},
	{
		.name = "dahua-binary-time",
		.title = {"大华补充协议，二进制时间", "Dahua supplement, binary time tags"},
		.flags = GB_P_ADDRESS_WIRE | GB_P_TEST_WHEN_SET,
		.commands = GB_CMD_BIT(0) | GB_CMD_BIT(7),
		LAYOUTS(dahua_layouts), BITS(dahua_bits)
	},
	{
		.name = "jd-f53",
		.title = {"JD-F53", "JD-F53: addresses high byte first"},
		.flags = GB_P_ADDRESS_WIRE | GB_P_PART_WIRE
	},
	{
		.name = "jk-gh2013g",
		.title = {"JK-GH2013G", "JK-GH2013G: types 128 to 136, 188, 189"},
		LAYOUTS(jk_layouts)
	},
	{
		.name = "nb-iot",
		.title = {"NB-IoT 表计", "NB-IoT gauges: time from the frame's head"},
		.flags = GB_P_HEADER_TIME,
		LAYOUTS(nb_iot_layouts)
	},
	{
		.name = "handshake-1-byte",
		.title = {"单字节握手", "one-byte handshake"},
		.flags = GB_P_HANDSHAKE
	},
	{
		.name = "type21-without-time",
		.title = {"类型21无时间标签", "type 21 without its time tag"},
		.flags = GB_P_HEADER_TIME,
		LAYOUTS(timeless_layouts)
	},
	{
		/* registers and beats with user commands 254, 255: raw in any case */
		.name = "leader-6920",
		.title = {"利达 LD6920", "Leader LD6920: commands 254, 255"}
	},
	{
		.name = "eiel",
		.title = {"依爱 EI-RN6020", "Eiel EI-RN6020: types 204, 205"},
		LAYOUTS(eiel_layouts)
	},
	{
		.name = "fubei-2024",
		.title = {"富贝 2024", "FuBei 2024: objects of 16 bytes"},
		LAYOUTS(fubei_layouts)
	},
	{
		.name = "fscn8001",
		.title = {"FSCN8001", "FSCN8001: type 190"},
		LAYOUTS(fscn_layouts)
	},
	{
		.name = "fire-monitor",
		.title = {"消防炮", "fire monitor (water cannon): type 60"},
		LAYOUTS(fire_monitor_layouts)
	},
	{
		.name = "utf8-text",
		.title = {"UTF-8 说明", "texts in UTF-8"},
		.flags = GB_P_UTF8_TEXT
	},
	{
		.name = "ascii-hex",
		.title = {"十六进制文本", "frames as hexadecimal text"},
		.flags = GB_P_HEX_TEXT
	},
};

const gb_profile *
gb_profile_at(int position)
{
	int			count = (int) (sizeof(profiles) / sizeof(profiles[0]));

	return position >= 0 && position < count ? &profiles[position] : NULL;
}

const gb_profile *
gb_profile_find(const char *name)
{
	const gb_profile *profile;

	for (int i = 0; (profile = gb_profile_at(i)) != NULL; i++)
		if (strcmp(profile->name, name) == 0)
			return profile;
	return NULL;
}

const gb_profile_bit *
gb_profile_bit_of(const gb_profile *profile, int state_kind, int bit)
{
	if (profile != NULL)
		for (int i = 0; i < profile->bit_count; i++)
			if (profile->bits[i].state_kind == state_kind &&
				profile->bits[i].bit == bit)
				return &profile->bits[i];
	return NULL;
}

/* The standard's bit for a class.  A device has no bit for an event. */
static unsigned
bit_of_class(gb_alarm_class alarm_class, int state_kind)
{
	switch (alarm_class)
	{
		case GB_CLASS_NONE:
			return 0;
		case GB_CLASS_FIRE:
			return 1u << 1;
		case GB_CLASS_EVENT:
			return state_kind == GB_STATE_DEVICE ? 1u << 2 : 1u << 4;
		default:
			return 1u << 2;
	}
}

uint16_t
gb_profile_state(const gb_profile *profile, int state_kind, uint16_t bits)
{
	unsigned	state = bits;
	bool		is_status = state_kind == GB_STATE_SYSTEM ||
		state_kind == GB_STATE_COMPONENT || state_kind == GB_STATE_DEVICE;

	if (profile == NULL || !is_status)
		return bits;
	if ((profile->flags & GB_P_TEST_WHEN_SET) != 0 &&
		state_kind != GB_STATE_DEVICE)
		state ^= 1u;
	for (int i = 0; i < profile->bit_count; i++)
		if (profile->bits[i].state_kind == state_kind &&
			(bits >> profile->bits[i].bit & 1) != 0)
			state |= bit_of_class(profile->bits[i].alarm_class, state_kind);
	return (uint16_t) state;
}
