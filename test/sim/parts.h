/*
 * parts.h
 *	  What the parts of a device are: kind, address, place, quantity.
 */
#ifndef SIM_PARTS_H
#define SIM_PARTS_H

#include <stdint.h>

typedef struct sim_part_kind
{
	const char *place;			/* GB 18030, as devices send it */
	uint8_t		sys_type;
	uint8_t		comp_type;
	uint8_t		quantity;
	uint8_t		step;			/* of its value from one report to the next */
	int16_t		value;			/* about which it wanders, in raw steps */
} sim_part_kind;

/* The kind of a device's part number 0, 1, ... */
extern const sim_part_kind *sim_part_kind_of(uint32_t part);

/* Its component address: loop in the low half, point in the high half. */
extern uint32_t sim_part_address(uint32_t part);

/* The part of this address; UINT32_MAX when the device has none. */
extern uint32_t sim_part_find(uint32_t address, uint32_t parts);

#endif							/* SIM_PARTS_H */
