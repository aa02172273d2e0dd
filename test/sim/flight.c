/*
 * flight.c
 *	  What a connection has in flight: a list in the order of sending.
 */
#include "run.h"

sim_flight *
sim_flight_at(const sim_run *run, const sim_connection *c, uint16_t at)
{
	return run->flight + (size_t) c->number * run->window + at;
}

uint8_t *
sim_flight_frame(const sim_run *run, const sim_connection *c, uint16_t at)
{
	return run->frame + ((size_t) c->number * run->window + at) * run->room;
}

void
sim_flights_make(sim_run *run, sim_connection *c)
{
	c->first = c->last = SIM_NO_FLIGHT;
	c->free = 0;
	for (uint32_t i = 0; i < run->window; i++)
		sim_flight_at(run, c, (uint16_t) i)->behind =
			i + 1 < run->window ? (uint16_t) (i + 1) : SIM_NO_FLIGHT;
}

static void
link_behind_last(sim_run *run, sim_connection *c, uint16_t at)
{
	sim_flight *flight = sim_flight_at(run, c, at);

	flight->before = c->last;
	flight->behind = SIM_NO_FLIGHT;
	if (c->last != SIM_NO_FLIGHT)
		sim_flight_at(run, c, c->last)->behind = at;
	else
		c->first = at;
	c->last = at;
}

static void
unlink_flight(sim_run *run, sim_connection *c, uint16_t at)
{
	const sim_flight *flight = sim_flight_at(run, c, at);

	if (flight->before != SIM_NO_FLIGHT)
		sim_flight_at(run, c, flight->before)->behind = flight->behind;
	else
		c->first = flight->behind;
	if (flight->behind != SIM_NO_FLIGHT)
		sim_flight_at(run, c, flight->behind)->before = flight->before;
	else
		c->last = flight->before;
}

uint16_t
sim_flight_take(sim_run *run, sim_connection *c)
{
	uint16_t	at = c->free;

	c->free = sim_flight_at(run, c, at)->behind;
	link_behind_last(run, c, at);
	c->in_flight++;
	run->in_flight++;
	return at;
}

void
sim_flight_drop(sim_run *run, sim_connection *c, uint16_t at)
{
	unlink_flight(run, c, at);
	sim_flight_at(run, c, at)->behind = c->free;
	c->free = at;
	c->in_flight--;
	run->in_flight--;
}

void
sim_flight_to_end(sim_run *run, sim_connection *c, uint16_t at)
{
	unlink_flight(run, c, at);
	link_behind_last(run, c, at);
}

uint16_t
sim_flight_find(const sim_run *run, const sim_connection *c, uint32_t device,
				uint16_t seq)
{
	for (uint16_t at = c->first; at != SIM_NO_FLIGHT;)
	{
		const sim_flight *flight = sim_flight_at(run, c, at);

		if (flight->device == device && flight->seq == seq)
			return at;
		at = flight->behind;
	}
	return SIM_NO_FLIGHT;
}
