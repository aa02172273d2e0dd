/*
 * transmit.c
 *	  Frames on the wire, well or with a fault.
 *
 * A pump collects what it puts in the run's batch, which is sent at once.
 * What the wire does not take, and what is held back on purpose, waits in the
 * connection.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define PAUSE_MOST (20 * SIM_MILLISECOND)
#define GARBAGE_MOST 200

static void
keep(sim_connection *c, const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return;
	if (c->out_len + n > c->out_room)
	{
		c->out_room = 2 * (c->out_len + n);
		c->out = sim_grow(c->out, c->out_room);
	}
	memcpy(c->out + c->out_len, bytes, n);
	c->out_len += n;
}

/* From now on everything waits in the connection. */
static void
spill(sim_run *run, sim_connection *c)
{
	keep(c, run->batch, run->batch_len);
	run->batch_len = 0;
}

void
sim_put(sim_run *run, sim_connection *c, const uint8_t *bytes, size_t n)
{
	if (run->net.udp)
	{
		if (sim_wire_send(&c->wire, bytes, n) > 0)
			run->report.bytes_sent += n;
		return;
	}
	if (run->batch_len + n > SIM_BATCH)
		spill(run, c);
	if (c->out_len > 0)
	{
		keep(c, bytes, n);
		return;
	}
	memcpy(run->batch + run->batch_len, bytes, n);
	run->batch_len += n;
}

static size_t
send_some(sim_run *run, sim_connection *c, const uint8_t *bytes, size_t n,
		  bool *broken)
{
	ssize_t		sent = n > 0 ? sim_wire_send(&c->wire, bytes, n) : 0;

	*broken = sent < 0;
	if (sent <= 0)
		return 0;
	run->report.bytes_sent += (uint64_t) sent;
	return (size_t) sent;
}

/* First what waited, then the batch; what is left of it waits. */
static bool
send_all(sim_run *run, sim_connection *c)
{
	bool		broken = false;
	size_t		sent;

	if (c->out_len > 0)
	{
		sent = send_some(run, c, c->out, c->drip > 0 ? c->gate : c->out_len,
						 &broken);
		c->out_len -= sent;
		c->gate -= c->drip > 0 ? sent : 0;
		memmove(c->out, c->out + sent, c->out_len);
		return !broken;
	}
	sent = send_some(run, c, run->batch, run->batch_len, &broken);
	keep(c, run->batch + sent, run->batch_len - sent);
	run->batch_len = 0;
	return !broken;
}

bool
sim_flush(sim_run *run, sim_connection *c)
{
	if (!send_all(run, c))
	{
		run->batch_len = 0;
		sim_connection_lost(run, c, false);
		return false;
	}
	if (c->closing != SIM_KEEP)
	{
		sim_connection_lost(run, c, c->closing == SIM_CLOSE_ROUGHLY);
		return false;
	}
	return true;
}

/* Hold back what is put from here on, to be let out piece by piece. */
static void
shut_gate(sim_run *run, sim_connection *c, uint16_t drip, int64_t pause)
{
	spill(run, c);
	c->gate = c->out_len;
	c->drip = drip;
	sim_timers_add(&run->timers, run->now + pause, SIM_TIMER_GATE, c->number);
}

void
sim_open_gate(sim_run *run, sim_connection *c)
{
	if (c->drip == 0 || c->state != SIM_OPEN)
		return;
	c->gate += c->drip;
	if (c->gate >= c->out_len)
		c->drip = 0;
	else
		sim_timers_add(&run->timers, run->now + SIM_MILLISECOND,
					   SIM_TIMER_GATE, c->number);
	sim_connection_pump(run, c);
}

/* Faults */

static void
put_cut(sim_run *run, sim_connection *c, const uint8_t *frame, size_t len)
{
	size_t		at = 1 + sim_below(&run->random, (uint32_t) len - 1);

	sim_put(run, c, frame, at);
	if (run->net.udp || c->drip > 0)
	{
		sim_put(run, c, frame + at, len - at);
		return;
	}
	shut_gate(run, c, UINT16_MAX, SIM_MILLISECOND +
			  sim_below(&run->random, (uint32_t) PAUSE_MOST));
	keep(c, frame + at, len - at);
}

static void
put_slowly(sim_run *run, sim_connection *c, const uint8_t *frame, size_t len)
{
	if (!run->net.udp && c->drip == 0)
	{
		shut_gate(run, c, (uint16_t) (1 + sim_below(&run->random, 8)),
				  SIM_MILLISECOND);
		keep(c, frame, len);
	}
	else
		sim_put(run, c, frame, len);
}

/* No @ in it: that could be the start of a frame, and swallow the next one. */
static void
put_garbage(sim_run *run, sim_connection *c)
{
	uint8_t		garbage[GARBAGE_MOST];
	size_t		n = 1 + sim_below(&run->random, GARBAGE_MOST);

	for (size_t i = 0; i < n; i++)
	{
		garbage[i] = (uint8_t) sim_next(&run->random);
		if (garbage[i] == '@')
			garbage[i] = '#';
	}
	sim_put(run, c, garbage, n);
}

/* Addresses and number stay: a denial shall find its frame. */
static void
put_bad_checksum(sim_run *run, sim_connection *c, const uint8_t *frame,
				 size_t len)
{
	uint8_t		spoilt[GB_FRAME_MAX];
	uint32_t	app_len = (uint32_t) (len - GB_FRAME_MIN);

	memcpy(spoilt, frame, len);
	spoilt[GB_AT_APP + sim_below(&run->random, app_len + 1)] ^=
		(uint8_t) (1 << sim_below(&run->random, 8));
	sim_put(run, c, spoilt, len);
}

/*
 * A few bytes too long or too short, or over the limit.  Little enough for
 * the repeat to show that no frame was there.
 */
static void
put_bad_length(sim_run *run, sim_connection *c, const uint8_t *frame,
			   size_t len)
{
	uint8_t		spoilt[GB_FRAME_MAX];
	uint32_t	app_len = (uint32_t) (len - GB_FRAME_MIN);
	uint32_t	wrong = app_len + 1 + sim_below(&run->random, 16);

	if (sim_below(&run->random, 3) == 0)
		wrong = GB_MAX_APP + 1 + sim_below(&run->random, 50000);
	else if (app_len > 0 && sim_below(&run->random, 2) == 0)
		wrong = sim_below(&run->random, app_len);
	memcpy(spoilt, frame, len);
	gb_store16(spoilt + GB_AT_LENGTH, (uint16_t) wrong);
	sim_put(run, c, spoilt, len);
}

static void
close_soon(sim_run *run, sim_connection *c)
{
	c->closing = sim_below(&run->random, 2) == 0 ? SIM_CLOSE :
		SIM_CLOSE_ROUGHLY;
}

/*
 * The fault stays with the flight where something is to be made good: sent
 * again when it is confirmed, or sent well at once when it is denied.
 */
static void
put_with_fault(sim_run *run, sim_connection *c, sim_flight *flight,
			   const uint8_t *frame)
{
	size_t		len = flight->len;
	sim_fault	fault = (sim_fault) flight->fault;

	flight->fault = SIM_NO_FAULT;
	run->report.faults += fault != SIM_NO_FAULT;
	switch (fault)
	{
		case SIM_FAULT_CUT:
			put_cut(run, c, frame, len);
			break;
		case SIM_FAULT_SLOW:
			put_slowly(run, c, frame, len);
			break;
		case SIM_FAULT_GARBAGE:
			put_garbage(run, c);
			sim_put(run, c, frame, len);
			break;
		case SIM_FAULT_CHECKSUM:
			put_bad_checksum(run, c, frame, len);
			flight->fault = SIM_FAULT_CHECKSUM;
			break;
		case SIM_FAULT_LENGTH:
			put_bad_length(run, c, frame, len);
			break;
		case SIM_FAULT_HALF:
			sim_put(run, c, frame,
					1 + sim_below(&run->random, (uint32_t) len - 1));
			close_soon(run, c);
			break;
		case SIM_FAULT_DISCONNECT:
			sim_put(run, c, frame, len);
			close_soon(run, c);
			break;
		case SIM_FAULT_RESEND:
			sim_put(run, c, frame, len);
			if (sim_below(&run->random, 2) == 0)
				flight->fault = SIM_FAULT_RESEND;
			else
			{
				sim_put(run, c, frame, len);
				run->report.resent++;
			}
			break;
		default:
			sim_put(run, c, frame, len);
			break;
	}
}

void
sim_transmit(sim_run *run, sim_connection *c, uint16_t at)
{
	sim_flight *flight = sim_flight_at(run, c, at);
	const uint8_t *frame = sim_flight_frame(run, c, at);

	flight->sent = run->now;
	if (flight->fault == SIM_NO_FAULT)
		sim_put(run, c, frame, flight->len);
	else
		put_with_fault(run, c, flight, frame);
}
