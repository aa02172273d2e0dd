/*
 * answers.c
 *	  What a device says to commands of the centre (clauses 6.3 and 6.4).
 */
#include <string.h>

#include "codec/unit.h"

#include "parts.h"
#include "run.h"

#define DUTY_ANSWERED (1 << 5)

/* Records of operations that a device keeps. */
#define RECORDS 5

/* An operator waits so long for room in the window. */
#define DUTY_RETRY (20 * SIM_MILLISECOND)

/* Send an answer: app_len bytes lie at out + GB_AT_APP. */
static void
reply(sim_run *run, sim_connection *c, const gb_frame *command,
	  uint32_t device, uint8_t reply_command, uint16_t app_len, uint8_t *out)
{
	gb_frame	answer = *command;
	size_t		len;

	answer.src = command->dst;
	answer.dst = command->src;
	answer.command = reply_command;
	answer.time = sim_fleet_time(&run->fleet, device);
	answer.app = out + GB_AT_APP;
	answer.app_len = app_len;
	len = gb_frame_build(&answer, NULL, out);
	sim_put(run, c, out, len);
	if (sim_recording(&run->record))
		sim_record_line(&run->record, "answer", run->report.commands,
						command->dst, out, len, true);
}

/* How many objects an asked one is answered with. */
static int
objects_for(const gb_layout *asked, const gb_object *object)
{
	if ((asked->fields & GB_F_RECORDS) == 0)
		return 1;
	return object->number < RECORDS ? object->number : RECORDS;
}

/* What the device has to say of an asked object, about the same part. */
static void
fill_answer(sim_run *run, uint32_t device, const gb_layout *asked,
			const gb_object *question, const gb_layout *layout,
			gb_object *object)
{
	uint32_t	part = 0;

	if ((asked->fields & GB_F_COMP_ADDR) != 0)
		part = sim_part_find(question->comp_addr, run->fleet.parts);
	sim_fleet_object(&run->fleet, device, part != UINT32_MAX ? part : 0,
					 layout, &run->random, object);
	if ((asked->fields & GB_F_SYSTEM) != 0)
	{
		object->sys_type = question->sys_type;
		object->sys_addr = question->sys_addr;
	}
	if ((asked->fields & GB_F_COMP_ADDR) != 0)
		object->comp_addr = question->comp_addr;
}

/* Application data of a response; returns their length. */
static uint16_t
make_response(sim_run *run, uint32_t device, const gb_unit *unit,
			  const gb_object *asked, int count, uint8_t *app)
{
	const gb_layout *layout = gb_layout_standard(unit->layout->answered_by);
	uint16_t	len = 2;

	app[0] = layout->type;
	app[1] = 0;
	for (int i = 0; i < count; i++)
		for (int n = objects_for(unit->layout, &asked[i]); n > 0; n--)
		{
			gb_object	object;
			uint16_t	used;

			fill_answer(run, device, unit->layout, &asked[i], layout, &object);
			used = gb_object_encode(layout, NULL, &object, app + len,
									(uint16_t) (GB_MAX_APP - len));
			if (used == 0 || app[1] == layout->max_count)
				return len;
			len += used;
			app[1]++;
		}
	return len;
}

/* A type that answers something else. */
static uint16_t
make_wrong_response(sim_run *run, uint32_t device, const gb_unit *unit,
					uint8_t *app)
{
	const gb_layout *layout =
		gb_layout_standard(unit->layout->answered_by == 21 ? 25 : 21);
	gb_object	object;

	sim_fleet_object(&run->fleet, device, 0, layout, &run->random, &object);
	app[0] = layout->type;
	app[1] = 1;
	return (uint16_t) (2 + gb_object_encode(layout, NULL, &object, app + 2,
											GB_MAX_APP - 2));
}

static void
obey(sim_run *run, uint32_t device, uint8_t type, const gb_object *object)
{
	switch (type)
	{
		case 89:
			sim_fleet_reset(&run->fleet, device);
			break;
		case 90:
			if (object->time.known)
				sim_fleet_set_time(&run->fleet, device, &object->time);
			break;
		case 91:
			run->due_answers++;
			sim_timers_add(&run->timers, run->now +
						   (int64_t) (run->options->duty_delay * SIM_SECOND),
						   SIM_TIMER_DUTY, device);
			break;
	}
}

/* Read what is commanded or asked; returns the number of objects, 0: faulty. */
static int
read_command(const gb_frame *command, gb_unit *unit,
			 gb_object objects[GB_MAX_OBJECTS])
{
	bool		asks = command->command == GB_CMD_REQUEST;

	if (command->app_len == 0)
		return 0;
	gb_unit_open(unit, command->app, command->app_len, command->command, NULL);
	if (unit->layout == NULL || (unit->warnings & GB_WARN_TYPE_COMMAND) != 0 ||
		asks != (unit->layout->answered_by != 0))
		return 0;
	return gb_unit_decode(unit, NULL, objects, GB_MAX_OBJECTS);
}

void
sim_answer(sim_run *run, sim_connection *c, const gb_frame *command)
{
	static gb_object objects[GB_MAX_OBJECTS];
	uint32_t	device = sim_fleet_find(&run->fleet, command->dst);
	bool		wrong = run->answers == SIM_ANSWER_WRONG;
	uint8_t		out[GB_FRAME_MAX];
	uint8_t    *app = out + GB_AT_APP;
	gb_unit		unit = {0};
	int			count;

	run->report.commands++;
	if (sim_recording(&run->record))
		sim_record_line(&run->record, "command", run->report.commands,
						command->dst, command->bytes,
						GB_FRAME_MIN + (size_t) command->app_len, true);
	if (run->answers == SIM_ANSWER_NONE || device == UINT32_MAX ||
		(command->command != GB_CMD_CONTROL &&
		 command->command != GB_CMD_REQUEST))
		return;
	count = read_command(command, &unit, objects);
	if (run->answers == SIM_ANSWER_DENY || count == 0)
		reply(run, c, command, device, GB_CMD_DENY, 0, out);
	else if (command->command == GB_CMD_CONTROL && !wrong)
	{
		obey(run, device, unit.type, &objects[0]);
		reply(run, c, command, device, GB_CMD_CONFIRM, 0, out);
	}
	else
		reply(run, c, command, device, GB_CMD_RESPONSE, wrong ?
			  make_wrong_response(run, device, &unit, app) :
			  make_response(run, device, &unit, objects, count, app), out);
}

/* Application data of type 24: the operator was there. */
static uint16_t
make_duty_answer(sim_run *run, uint32_t device, uint8_t *app)
{
	const gb_layout *layout = gb_layout_standard(24);
	gb_object	object;

	sim_fleet_object(&run->fleet, device, 0, layout, &run->random, &object);
	object.bits = DUTY_ANSWERED;
	app[0] = 24;
	app[1] = 1;
	return (uint16_t) (2 + gb_object_encode(layout, NULL, &object, app + 2,
											GB_MAX_APP - 2));
}

void
sim_answer_duty(sim_run *run, uint32_t device)
{
	sim_connection *c = &run->connection[device % run->connections];
	uint8_t    *frame;
	uint16_t	at;
	uint16_t	app_len;

	if (c->state != SIM_OVER && !sim_connection_has_room(c))
	{
		sim_timers_add(&run->timers, run->now + DUTY_RETRY, SIM_TIMER_DUTY,
					   device);
		return;
	}
	run->due_answers--;
	if (c->state == SIM_OVER)
		return;
	at = sim_flight_take(run, c);
	frame = sim_flight_frame(run, c, at);
	app_len = make_duty_answer(run, device, frame + GB_AT_APP);
	sim_connection_launch(run, c, at, device,
						  sim_fleet_frame(&run->fleet, device, GB_CMD_SEND,
										  app_len, frame), SIM_NO_FAULT);
	sim_connection_pump(run, c);
}
