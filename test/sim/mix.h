/*
 * mix.h
 *	  Which types of data units a device sends, and how often each.
 */
#ifndef SIM_MIX_H
#define SIM_MIX_H

#include "util.h"

/* The mix's name for a frame without application data. */
#define SIM_HEART_BEAT 0

/* Alias table: one number gives a type by its weight, whatever their number. */
typedef struct sim_mix
{
	int			count;
	uint8_t		type[32];
	uint8_t		other[32];		/* instead of type, */
	double		stay[32];		/* unless the fraction is below this */
} sim_mix;

/* Read "2:70,3:30"; dies of what is wrong. */
extern void sim_mix_read(sim_mix *mix, const char *list);

/* Bytes of the largest application data unit of the mix, of so many objects. */
extern int	sim_mix_room(const sim_mix *mix, int objects);

static inline uint8_t
sim_mix_pick(const sim_mix *mix, sim_random *random)
{
	uint64_t	drawn = sim_next(random);
	uint32_t	place = (uint32_t) ((drawn >> 32) * (uint64_t) mix->count >> 32);
	double		fraction = (double) (uint32_t) drawn * 0x1p-32;

	return fraction < mix->stay[place] ? mix->type[place] : mix->other[place];
}

#endif							/* SIM_MIX_H */
