/*
 * fleet.h
 *	  The devices: their parts, their clocks, the frames that they make.
 *
 * What a device's n-th frame says follows from seed, device and n alone; only
 * the times in it, and its sequence number once the device also answered
 * commands, depend on when it was made.  A device never makes two frames
 * with the same sequence number and header time.
 */
#ifndef SIM_FLEET_H
#define SIM_FLEET_H

#include "codec/frame.h"
#include "codec/object.h"

#include "faults.h"
#include "mix.h"
#include "options.h"

typedef struct sim_part
{
	uint16_t	bits;			/* component status */
	int16_t		raw;			/* analogue value */
} sim_part;

/* Times are in seconds since 2000, on a wall clock in UTC+8. */
typedef struct sim_device
{
	uint64_t	made;			/* frames of the series so far */
	int64_t		ahead;			/* its clock before the fleet's */
	int64_t		newest;			/* time in a header */
	int64_t		floor;			/* earliest time for the next */
	uint16_t	seq;			/* of the next frame */
} sim_device;

typedef struct sim_fleet
{
	uint32_t	devices;
	uint32_t	parts;			/* of a device */
	uint32_t	objects;		/* in a frame */
	uint32_t	change;			/* percent of states that differ */
	uint32_t	alarms;			/* a thousandth of the states that may alarm */
	bool		fire;			/* every state of a part is fire */
	uint64_t	seed;
	uint64_t	first;			/* address */
	uint64_t	centre;			/* address */
	int64_t		ahead;			/* all clocks before the wall clock */
	int64_t		clock;			/* by sim_fleet_tick */
	sim_mix		mix;
	sim_faults	faults;
	sim_device *device;
	sim_part   *part;			/* of device 0, of device 1, ... */
} sim_fleet;

extern void sim_fleet_make(sim_fleet *fleet, const sim_options *options);
extern void sim_fleet_free(sim_fleet *fleet);

/* Bytes of the largest frame that sim_fleet_next makes. */
extern size_t sim_fleet_room(const sim_fleet *fleet);

/* Look at the clock: once for all that is made in a turn. */
extern void sim_fleet_tick(sim_fleet *fleet);

/*
 * Make a device's next frame; *fault is what is to go wrong with it.  Returns
 * its length.
 */
extern size_t sim_fleet_next(sim_fleet *fleet, uint32_t device, uint8_t *out,
							 sim_fault *fault);

/*
 * Make a frame out of app_len bytes that lie at out + GB_AT_APP, with the
 * device's next sequence number.
 */
extern size_t sim_fleet_frame(sim_fleet *fleet, uint32_t device,
							  uint8_t command, uint16_t app_len, uint8_t *out);

/*
 * Fill an object with what one of the device's parts, or the device, has to
 * say now.  random chooses among what is not kept as state.
 */
extern void sim_fleet_object(const sim_fleet *fleet, uint32_t device,
							 uint32_t part, const gb_layout *layout,
							 sim_random *random, gb_object *object);

/* The device's clock, not before any of its floor. */
extern gb_time sim_fleet_time(const sim_fleet *fleet, uint32_t device);

/* Set it; all parts back to normal. */
extern void sim_fleet_set_time(sim_fleet *fleet, uint32_t device,
							   const gb_time *time);
extern void sim_fleet_reset(sim_fleet *fleet, uint32_t device);

/* The device of this address; UINT32_MAX when it is none of the fleet's. */
extern uint32_t sim_fleet_find(const sim_fleet *fleet, uint64_t address);

#endif							/* SIM_FLEET_H */
