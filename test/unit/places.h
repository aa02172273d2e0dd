/*
 * places.h
 *	  Places for tests: random ones, how far they are apart.
 */
#ifndef PLACES_H
#define PLACES_H

#include <math.h>

#include "geodesy/system.h"

#include "unit/check.h"

#define METRES_A_DEGREE 111195.0

/* What "comes back to where it was" means. */
#define SAME_METRES 1e-6

static inline double
random_between(uint64_t *seed, double low, double high)
{
	return low + (high - low) * (double) (check_random(seed) >> 11) /
		(double) (UINT64_C(1) << 53);
}

/* Anywhere in the box around the mainland, and a good deal outside it. */
static inline gd_place
random_place(uint64_t *seed)
{
	gd_place	place;

	place.lon = random_between(seed, 71, 138);
	place.lat = random_between(seed, 15, 56);
	return place;
}

/* Good enough for what is close together. */
static inline double
metres_between(gd_place a, gd_place b)
{
	double		east = (b.lon - a.lon) * cos(a.lat * acos(-1) / 180);

	return METRES_A_DEGREE * hypot(east, b.lat - a.lat);
}

/* The functions that move several, for one. */
static inline gd_place
shifted(void (*shift) (gd_place *places), gd_place place)
{
	gd_place	two[2] = {place, place};

	shift(two);
	return two[0];
}

static inline gd_place
from_wgs84(gd_place place, gd_system target)
{
	gd_from_wgs84(&place, 1, target);
	return place;
}

static inline gd_place
to_wgs84(gd_place place, gd_system source)
{
	gd_to_wgs84(&place, 1, source);
	return place;
}

static inline bool
same_place(gd_place a, gd_place b)
{
	return a.lon == b.lon && a.lat == b.lat;
}

#endif							/* PLACES_H */
