/*
 * fleet.c
 *	  Devices and the frames that they make.
 */
#include "fleet.h"

#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* How far a clock jumps at most, either way. */
#define CLOCK_JUMP (86400)

#define NORMAL 0x01
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

/* States as often as they stand here. */
static const uint16_t component_states[] = {
	0x0001, 0x0001, 0x0001, 0x0001, 0x0001, 0x0001,
	0x0003, 0x0003,				/* fire */
	0x0005, 0x0005, 0x0105,		/* fault, power fault */
	0x0009,						/* disabled */
	0x0011,						/* supervisory */
	0x0021, 0x0061, 0x0061,		/* started, with feedback */
	0x0081,						/* delay */
};

static const uint16_t system_states[] = {
	0x0001, 0x0001, 0x0001, 0x0801, 0x0003, 0x0005, 0x0009, 0x0061,
	0x0105, 0x0205, 0x0405, 0x2001,
};

static const uint8_t device_states[] = {
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	0x03, 0x05, 0x09, 0x11, 0x21, 0x41,
};

/* All operations but the answer to a duty inspection. */
static const uint8_t device_operations[] = {
	0x01, 0x02, 0x04, 0x08, 0x10, 0x40,
};

void
sim_fleet_make(sim_fleet *fleet, const sim_options *options)
{
	*fleet = (sim_fleet){
		.devices = options->devices,
		.parts = options->parts,
		.objects = options->objects,
		.change = options->change,
		.alarms = options->alarms,
		.fire = options->fire,
		.seed = options->seed,
		.first = options->device,
		.centre = options->centre,
		.ahead = (int64_t) options->clock_offset,
	};
	sim_mix_read(&fleet->mix, options->idle ? "0:1" : options->mix);
	sim_faults_read(&fleet->faults, options->faults);
	fleet->device = sim_alloc(fleet->devices, sizeof(sim_device));
	fleet->part = sim_alloc((size_t) fleet->devices * fleet->parts,
							sizeof(sim_part));
	for (uint32_t i = 0; i < fleet->devices; i++)
		sim_fleet_reset(fleet, i);
	sim_fleet_tick(fleet);
}

void
sim_fleet_free(sim_fleet *fleet)
{
	free(fleet->device);
	free(fleet->part);
}

size_t
sim_fleet_room(const sim_fleet *fleet)
{
	return GB_FRAME_MIN +
		(size_t) sim_mix_room(&fleet->mix, (int) fleet->objects);
}

void
sim_fleet_tick(sim_fleet *fleet)
{
	fleet->clock = sim_device_clock() + fleet->ahead;
}

void
sim_fleet_reset(sim_fleet *fleet, uint32_t device)
{
	sim_part   *part = fleet->part + (size_t) device * fleet->parts;

	for (uint32_t i = 0; i < fleet->parts; i++)
	{
		part[i].bits = NORMAL;
		part[i].raw = sim_part_kind_of(i)->value;
	}
}

uint32_t
sim_fleet_find(const sim_fleet *fleet, uint64_t address)
{
	uint64_t	device = address - fleet->first;

	return device < fleet->devices ? (uint32_t) device : UINT32_MAX;
}

/* Clocks */

static int64_t
device_seconds(const sim_fleet *fleet, uint32_t device)
{
	const sim_device *d = &fleet->device[device];
	int64_t		seconds = fleet->clock + d->ahead;

	if (seconds < d->floor)
		seconds = d->floor;
	if (seconds < 0)
		return 0;
	return seconds < GB_TIME_SECONDS_END ? seconds : GB_TIME_SECONDS_END - 1;
}

/* All devices mostly have the same second: it is worked out once. */
static gb_time
time_of(int64_t seconds)
{
	static int64_t last_seconds = -1;
	static gb_time last;

	if (seconds != last_seconds)
	{
		last = gb_time_from_seconds(seconds);
		last_seconds = seconds;
	}
	return last;
}

gb_time
sim_fleet_time(const sim_fleet *fleet, uint32_t device)
{
	return time_of(device_seconds(fleet, device));
}

void
sim_fleet_set_time(sim_fleet *fleet, uint32_t device, const gb_time *time)
{
	fleet->device[device].ahead = gb_time_to_seconds(time) - fleet->clock;
}

/* Objects */

static void
fill_part(const sim_fleet *fleet, uint32_t device, uint32_t part,
		  gb_object *object)
{
	const sim_part_kind *kind = sim_part_kind_of(part);
	const sim_part *now = fleet->part + (size_t) device * fleet->parts + part;

	object->sys_type = kind->sys_type;
	object->sys_addr = 1;
	object->comp_type = kind->comp_type;
	object->comp_addr = sim_part_address(part);
	object->bits = now->bits;
	object->quantity = kind->quantity;
	object->raw = now->raw;
	object->field = (const uint8_t *) kind->place;
	object->field_len = (uint8_t) strlen(kind->place);
}

static uint16_t
draw_state(gb_state_kind kind, sim_random *random)
{
	switch (kind)
	{
		case GB_STATE_COMPONENT:
			return component_states[sim_below(random, COUNT_OF(component_states))];
		case GB_STATE_SYSTEM:
			return system_states[sim_below(random, COUNT_OF(system_states))];
		case GB_STATE_DEVICE:
			return device_states[sim_below(random, COUNT_OF(device_states))];
		case GB_STATE_FACILITY_OPERATION:
			return (uint16_t) (1 << sim_below(random, 7));
		case GB_STATE_DEVICE_OPERATION:
			return device_operations[sim_below(random, COUNT_OF(device_operations))];
		default:
			return 0;
	}
}

/* A state or operation, but for some of them one that says no alarm. */
static uint16_t
bits_of(const sim_fleet *fleet, gb_state_kind kind, sim_random *random)
{
	bool		any = fleet->alarms == 1000 ||
		sim_below(random, 1000) < fleet->alarms;
	uint16_t	bits;

	do
		bits = draw_state(kind, random);
	while (!any && gb_alarm_class_of(kind, bits) != GB_CLASS_NONE);
	return bits;
}

void
sim_fleet_object(const sim_fleet *fleet, uint32_t device, uint32_t part,
				 const gb_layout *layout, sim_random *random,
				 gb_object *object)
{
	memset(object, 0, sizeof(*object));
	fill_part(fleet, device, part, object);
	if (layout->state_kind != GB_STATE_COMPONENT)
		object->bits = bits_of(fleet, (gb_state_kind) layout->state_kind, random);
	if ((layout->fields & GB_F_OPERATOR) != 0)
		object->number = (uint8_t) (1 + sim_below(random, 4));
	if ((layout->fields & GB_F_VERSION) != 0)
	{
		object->ver_main = 3;
		object->ver_minor = (uint8_t) (part % 10);
	}
	object->time = sim_fleet_time(fleet, device);
}

/* A state that the part does not have. */
static void
change_state(const sim_fleet *fleet, sim_part *part, sim_random *random)
{
	uint16_t	bits;

	do
		bits = bits_of(fleet, GB_STATE_COMPONENT, random);
	while (bits == part->bits);
	part->bits = bits;
}

/* One step either way, and back to its usual value the further it is off. */
static void
wander(sim_part *part, const sim_part_kind *kind, sim_random *random)
{
	int			off = part->raw - kind->value;
	int			step = (int) sim_below(random, 2u * kind->step + 1) - kind->step;
	int			value = part->raw + step - off / 8;

	part->raw = (int16_t) (value > 0 ? value : 0);
}

/* What happened at a part before it is reported. */
static uint32_t
happen(sim_fleet *fleet, uint32_t device, const gb_layout *layout,
	   sim_random *random)
{
	uint32_t	part = sim_below(random, fleet->parts);
	sim_part   *now = fleet->part + (size_t) device * fleet->parts + part;

	if (layout->state_kind == GB_STATE_COMPONENT &&
		sim_below(random, 100) < fleet->change)
	{
		if (fleet->fire)
			now->bits = 0x0003;
		else
			change_state(fleet, now, random);
	}
	if ((layout->fields & GB_F_ANALOG) != 0)
		wander(now, sim_part_kind_of(part), random);
	return part;
}

/* End marks where a text or an address of a part stands. */
static void
put_end_marks(gb_object *object, const gb_layout *layout)
{
	static const uint8_t text[] = "##@@##";

	object->comp_addr = UINT32_C(0x23234040);
	if ((layout->fields & GB_F_TEXT31) != 0)
	{
		object->field = text;
		object->field_len = sizeof(text) - 1;
	}
}

static uint16_t
make_unit(sim_fleet *fleet, uint32_t device, uint8_t type, sim_fault fault,
		  sim_random *random, uint8_t *app)
{
	const gb_layout *layout = gb_layout_standard(type);
	uint32_t	count;
	uint16_t	len = 2;

	if (layout == NULL)
		return 0;
	count = fleet->objects < layout->max_count ? fleet->objects :
		layout->max_count;
	app[0] = type;
	app[1] = (uint8_t) count;
	for (uint32_t i = 0; i < count; i++)
	{
		gb_object	object;
		uint32_t	part = happen(fleet, device, layout, random);

		sim_fleet_object(fleet, device, part, layout, random, &object);
		if (fault == SIM_FAULT_ENDMARK)
			put_end_marks(&object, layout);
		len += gb_object_encode(layout, NULL, &object, app + len,
								(uint16_t) (GB_MAX_APP - len));
	}
	return len;
}

/* Frames */

/* Minute and second 35 of the hour: 23 23, unless the time is used up. */
static int64_t
end_mark_time(const sim_device *device, int64_t seconds)
{
	int64_t		marked = seconds - seconds % 3600 + 35 * 60 + 35;

	return marked > device->floor ? marked : seconds;
}

static size_t
build(sim_fleet *fleet, uint32_t device, uint8_t command, uint16_t app_len,
	  int64_t seconds, uint8_t *out)
{
	sim_device *d = &fleet->device[device];
	gb_frame	frame = {
		.app = out + GB_AT_APP,
		.src = fleet->first + device,
		.dst = fleet->centre,
		.seq = d->seq++,
		.app_len = app_len,
		.ver_main = 1,
		.ver_user = 1,
		.command = command,
		.time = time_of(seconds),
	};

	if (seconds > d->newest)
		d->newest = seconds;
	/* numbers begin anew: with later times, so that no frame comes again */
	if (d->seq == 0)
		d->floor = d->newest + 1;
	return gb_frame_build(&frame, NULL, out);
}

size_t
sim_fleet_frame(sim_fleet *fleet, uint32_t device, uint8_t command,
				uint16_t app_len, uint8_t *out)
{
	return build(fleet, device, command, app_len,
				 device_seconds(fleet, device), out);
}

size_t
sim_fleet_next(sim_fleet *fleet, uint32_t device, uint8_t *out,
			   sim_fault *fault)
{
	sim_device *d = &fleet->device[device];
	sim_random	random = {sim_mix64(fleet->seed) ^
		sim_mix64((uint64_t) device << 40 ^ d->made++)};
	sim_random	chance = {~random.state};	/* faults do not change the rest */
	uint8_t		type = sim_mix_pick(&fleet->mix, &random);
	int64_t		seconds;
	uint16_t	app_len;

	*fault = sim_faults_draw(&fleet->faults, &chance);
	if (*fault == SIM_FAULT_CLOCK)
		d->ahead = (int64_t) sim_below(&chance, 2 * CLOCK_JUMP) - CLOCK_JUMP;
	app_len = make_unit(fleet, device, type, *fault, &random, out + GB_AT_APP);
	seconds = device_seconds(fleet, device);
	if (*fault == SIM_FAULT_ENDMARK)
		seconds = end_mark_time(d, seconds);
	return build(fleet, device, GB_CMD_SEND, app_len, seconds, out);
}
