/*
 * connection.c
 *	  A connection: opened, read, its frames repeated, opened again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "run.h"

#define PATIENCE_LEAST (10 * SIM_MILLISECOND)
#define PATIENCE_MOST SIM_SECOND

/* How many datagrams are taken at once. */
#define DATAGRAMS 64

static void
watch(sim_run *run, sim_connection *c, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u32 = c->number};

	if (events == c->events)
		return;
	epoll_ctl(run->epoll, c->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
			  c->wire.fd, &event);
	c->events = events;
}

/* Look for input, and for room when something can go out. */
static void
watch_open(sim_run *run, sim_connection *c)
{
	size_t		ready = c->drip > 0 ? c->gate : c->out_len;

	watch(run, c, ready > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void
settle(sim_run *run, sim_connection *c)
{
	if (c->settled)
		return;
	c->settled = true;
	run->settled++;
}

static void
record_flight(sim_run *run, sim_connection *c, uint16_t at, const char *event,
			  bool with_bytes)
{
	const sim_flight *flight = sim_flight_at(run, c, at);

	if (sim_recording(&run->record))
		sim_record_line(&run->record, event, flight->number,
						run->fleet.first + flight->device,
						sim_flight_frame(run, c, at), flight->len, with_bytes);
}

static void
give_up(sim_run *run, sim_connection *c, uint16_t at)
{
	record_flight(run, c, at, "gave_up", false);
	sim_run_tell(run, sim_flight_at(run, c, at), "not confirmed");
	run->report.gave_up++;
	sim_flight_drop(run, c, at);
}

/* Opening and losing */

/* Send again, well this time. */
static void
repeat(sim_run *run, sim_connection *c, uint16_t at)
{
	sim_flight_at(run, c, at)->fault = SIM_NO_FAULT;
	record_flight(run, c, at, "resent", false);
	run->report.resent++;
	sim_transmit(run, c, at);
	sim_flight_to_end(run, c, at);
}

static void
repeat_all(sim_run *run, sim_connection *c)
{
	for (uint16_t left = c->in_flight; left > 0; left--)
	{
		sim_flight_at(run, c, c->first)->repeats = 0;
		repeat(run, c, c->first);
	}
}

static void
opened(sim_run *run, sim_connection *c)
{
	c->state = SIM_OPEN;
	settle(run, c);
	if (++run->report.open > run->report.open_most)
		run->report.open_most = run->report.open;
	if (c->in_flight == 0)
		c->trouble = 0;
	watch_open(run, c);
	repeat_all(run, c);
	sim_connection_pump(run, c);
}

static void
complain(sim_run *run, const char *complaint)
{
	if (run->complained)
		return;
	run->complained = true;
	fprintf(stderr, "fireiot-sim: a connection to %s, port %u: %s\n",
			run->options->host, (unsigned) run->options->port, complaint);
}

void
sim_connection_open(sim_run *run, sim_connection *c)
{
	c->state = SIM_CONNECTING;
	c->tried = run->now;
	c->events = 0;
	c->cutter = (gb_cutter) {0};
	switch (sim_wire_open(&c->wire, &run->net, c->number))
	{
		case SIM_WIRE_BROKEN:
			complain(run, sim_wire_error());
			sim_connection_lost(run, c, false);
			break;
		case SIM_WIRE_GOES_ON:
			watch(run, c, c->wire.wants);
			break;
		case SIM_WIRE_OPEN:
			opened(run, c);
			break;
	}
}

void
sim_connection_stop(sim_run *run, sim_connection *c)
{
	if (run->options->frames != UINT32_MAX)
		run->report.unsent += c->left;
	run->left -= c->left;
	c->left = 0;
}

/* Nothing more comes of this connection. */
void
sim_connection_abandon(sim_run *run, sim_connection *c)
{
	if (c->state == SIM_OVER)
		return;
	if (c->state == SIM_OPEN)
		run->report.open--;
	if (c->state != SIM_NEW)
		sim_wire_close(&c->wire, false);
	while (c->first != SIM_NO_FLIGHT)
		give_up(run, c, c->first);
	sim_connection_stop(run, c);
	c->state = SIM_OVER;
	run->over++;
	settle(run, c);
}

void
sim_connection_lost(sim_run *run, sim_connection *c, bool rough)
{
	bool		wanted = c->closing != SIM_KEEP;

	if (c->state == SIM_OPEN)
	{
		run->report.open--;
		run->report.lost += !wanted;
	}
	c->state = SIM_WAITING;
	run->batch_len = 0;
	sim_wire_close(&c->wire, rough);
	settle(run, c);
	c->events = 0;
	c->out_len = 0;
	c->tail_len = 0;
	c->drip = 0;
	c->closing = SIM_KEEP;
	if (!wanted && !run->options->reconnect)
	{
		sim_connection_abandon(run, c);
		return;
	}
	if (c->trouble == 0)
	{
		c->trouble = run->now;
		c->patience = PATIENCE_LEAST;
	}
	sim_timers_add(&run->timers, run->now + c->patience, SIM_TIMER_OPEN,
				   c->number);
	c->patience = 2 * c->patience < PATIENCE_MOST ? 2 * c->patience :
		PATIENCE_MOST;
}

/* Sending */

int64_t
sim_connection_due(const sim_run *run, const sim_connection *c)
{
	double		place = (double) c->number +
		(double) c->made * (double) run->connections;

	if (run->script != NULL)
		return run->report.first +
			(int64_t) ((double) run->script->step[c->made].at / run->options->speed);
	return run->report.first +
		(int64_t) (place / run->options->rate * (double) SIM_SECOND);
}

static bool
is_due(const sim_run *run, const sim_connection *c)
{
	return run->begun && c->left > 0 &&
		(!sim_run_paced(run) || sim_connection_due(run, c) <= run->now);
}

bool
sim_connection_has_room(const sim_connection *c)
{
	return c->state == SIM_OPEN && c->closing == SIM_KEEP &&
		c->free != SIM_NO_FLIGHT && c->out_len == 0 && c->drip == 0;
}

static uint32_t
next_device(const sim_run *run, sim_connection *c)
{
	uint64_t	device = c->number + (uint64_t) c->turn * run->connections;

	if (device >= run->fleet.devices)
	{
		c->turn = 0;
		device = c->number;
	}
	c->turn++;
	return (uint32_t) device;
}

void
sim_connection_launch(sim_run *run, sim_connection *c, uint16_t at,
					  uint32_t device, size_t len, sim_fault fault)
{
	sim_flight *flight = sim_flight_at(run, c, at);

	*flight = (sim_flight){
		.before = flight->before,
		.behind = flight->behind,
		.device = device,
		.len = (uint16_t) len,
		.seq = gb_load16(sim_flight_frame(run, c, at) + GB_AT_SEQ),
		.fault = (uint8_t) fault,
		.offered = run->now,
		.number = run->report.sent++,
	};
	record_flight(run, c, at, "sent", true);
	sim_transmit(run, c, at);
}

static void
send_next(sim_run *run, sim_connection *c)
{
	int64_t		due = c->late ? sim_connection_due(run, c) : run->now;
	uint16_t	at = sim_flight_take(run, c);
	uint32_t	device = next_device(run, c);
	uint8_t    *frame = sim_flight_frame(run, c, at);
	sim_fault	fault = SIM_NO_FAULT;
	size_t		len;

	if (run->script != NULL)
		len = sim_script_frame(&run->script->step[c->made], &run->fleet, frame);
	else
		len = sim_fleet_next(&run->fleet, device, frame, &fault);
	run->told = run->report.sent;
	c->made++;
	c->left--;
	run->left--;
	sim_connection_launch(run, c, at, device, len, fault);
	sim_flight_at(run, c, at)->offered = due;
}

void
sim_connection_pump(sim_run *run, sim_connection *c)
{
	if (c->state != SIM_OPEN)
	{
		c->late = sim_run_paced(run);
		return;
	}
	run->now = sim_now();
	while (is_due(run, c) && sim_connection_has_room(c))
		send_next(run, c);
	c->late = sim_run_paced(run) && is_due(run, c);
	if (sim_flush(run, c))
		watch_open(run, c);
}

/* Repeats */

static void
unanswered(sim_run *run, sim_connection *c, uint16_t at)
{
	sim_flight *flight = sim_flight_at(run, c, at);

	if (flight->repeats++ < run->options->repeats)
		repeat(run, c, at);
	else if (run->options->reconnect)
		c->closing = SIM_CLOSE;
	else
		give_up(run, c, at);
}

void
sim_connection_scan(sim_run *run, sim_connection *c)
{
	if (c->state == SIM_OVER || c->state == SIM_NEW)
		return;
	if (c->trouble != 0 && run->now - c->trouble > run->give_up)
	{
		sim_connection_abandon(run, c);
		return;
	}
	if (c->state == SIM_CONNECTING && c->tried + run->timeout <= run->now)
	{
		complain(run, "no answer");
		sim_connection_lost(run, c, false);
	}
	if (c->state != SIM_OPEN)
		return;
	while (c->closing == SIM_KEEP && c->first != SIM_NO_FLIGHT &&
		   sim_flight_at(run, c, c->first)->sent + run->timeout <= run->now)
		unanswered(run, c, c->first);
	sim_connection_pump(run, c);
}

/* Receiving */

static void
confirmed(sim_run *run, sim_connection *c, uint16_t at)
{
	const sim_flight *flight = sim_flight_at(run, c, at);

	sim_latency_add(&run->report.latency, run->now - flight->offered);
	run->report.confirmed++;
	run->report.last = run->now;
	record_flight(run, c, at, "confirmed", false);
	sim_run_tell(run, flight, "confirmed");
	if (flight->fault == SIM_FAULT_RESEND)
	{
		sim_put(run, c, sim_flight_frame(run, c, at), flight->len);
		run->report.resent++;
	}
	sim_flight_drop(run, c, at);
}

/* What was spoilt on purpose is sent well and does not count as a repeat. */
static void
denied(sim_run *run, sim_connection *c, uint16_t at)
{
	sim_flight *flight = sim_flight_at(run, c, at);

	run->report.denied++;
	record_flight(run, c, at, "denied", false);
	sim_run_tell(run, flight, "denied");
	if (flight->fault == SIM_FAULT_CHECKSUM ||
		flight->repeats++ < run->options->repeats)
		repeat(run, c, at);
	else
		give_up(run, c, at);
}

static void
answered(sim_run *run, sim_connection *c, const gb_frame *frame)
{
	uint16_t	at = sim_flight_find(run, c,
									 sim_fleet_find(&run->fleet, frame->dst),
									 frame->seq);

	c->trouble = 0;
	if (at == SIM_NO_FLIGHT)
		run->report.surplus++;
	else if (frame->command == GB_CMD_CONFIRM)
		confirmed(run, c, at);
	else
		denied(run, c, at);
}

/* Cut what lies in the input; returns how much of it is done with. */
static size_t
cut_input(sim_run *run, sim_connection *c, size_t len, bool whole)
{
	uint64_t	begin = c->cutter.consumed;
	gb_frame	frame;
	gb_piece	piece;
	size_t		done = 0;

	while ((piece = gb_cutter_next(&c->cutter, run->input + done, len - done,
								   whole, NULL, &frame)).kind != GB_PIECE_NONE)
	{
		done = (size_t) (c->cutter.consumed - begin);
		if (piece.kind != GB_PIECE_FRAME)
			continue;
		if (frame.command == GB_CMD_CONFIRM || frame.command == GB_CMD_DENY)
			answered(run, c, &frame);
		else
			sim_answer(run, c, &frame);
	}
	return (size_t) (c->cutter.consumed - begin);
}

static void
keep_tail(sim_run *run, sim_connection *c, size_t done, size_t len)
{
	c->tail_len = (uint16_t) (len - done);
	if (c->tail_len == 0)
		return;
	if (c->tail == NULL)
		c->tail = sim_alloc(1, GB_FRAME_MAX);
	memcpy(c->tail, run->input + done, c->tail_len);
}

/* -1: broken; otherwise the bytes that came. */
static ssize_t
receive(sim_run *run, sim_connection *c)
{
	size_t		len = c->tail_len;
	ssize_t		got;

	if (len > 0)
		memcpy(run->input, c->tail, len);
	got = sim_wire_receive(&c->wire, run->input + len, SIM_BATCH);
	if (got <= 0)
		return got;
	run->now = sim_now();
	run->report.bytes_received += (uint64_t) got;
	len += (size_t) got;
	keep_tail(run, c, cut_input(run, c, len, run->net.udp), len);
	return got;
}

static void
read_all(sim_run *run, sim_connection *c)
{
	ssize_t		got = 1;

	for (int i = 0; got > 0 && i < DATAGRAMS; i++)
	{
		got = receive(run, c);
		/* a stream that gave less than asked for has no more */
		if (got < SIM_BATCH && run->net.tls == NULL && !run->net.udp)
			break;
	}
	if (got < 0 && !(run->net.udp && errno == ECONNREFUSED))
		sim_connection_lost(run, c, false);
	else
		sim_connection_pump(run, c);
}

static void
go_on_opening(sim_run *run, sim_connection *c)
{
	switch (sim_wire_step(&c->wire, &run->net))
	{
		case SIM_WIRE_BROKEN:
			complain(run, sim_wire_error());
			sim_connection_lost(run, c, false);
			break;
		case SIM_WIRE_GOES_ON:
			watch(run, c, c->wire.wants);
			break;
		case SIM_WIRE_OPEN:
			opened(run, c);
			break;
	}
}

void
sim_connection_event(sim_run *run, sim_connection *c, uint32_t events)
{
	if (c->state == SIM_CONNECTING)
		go_on_opening(run, c);
	else if (c->state == SIM_OPEN &&
			 (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
		read_all(run, c);
	else if (c->state == SIM_OPEN)
		sim_connection_pump(run, c);
}
