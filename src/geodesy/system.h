/*
 * system.h
 *	  Coordinate systems by name, and places from one into another.
 */
#ifndef GD_SYSTEM_H
#define GD_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include "geodesy/shift.h"

typedef enum gd_system
{
	GD_WGS84 = 0,
	GD_CGCS2000,
	GD_GCJ02,
	GD_BD09
} gd_system;

/* As read by gd_system_named, and as people write it. */
extern const char *gd_system_title(gd_system system);

/*
 * The system that the name means; false if it means none.  Upper case, blanks,
 * hyphens and underscores make no difference.
 */
extern bool gd_system_named(const char *name, size_t length,
							gd_system *system);

/*
 * Places in the mainland are moved, others are not; CGCS2000 is taken to be
 * WGS84, from which it differs by less than what devices measure.
 *
 * The way back: a place is moved when it is in the mainland before or after.
 * So what came from a place in the mainland always comes back to it; what is
 * outside, but nearer to the outline than a shift is long, may be moved.
 *
 * Places anywhere on earth; what is no number is left as it is.
 */
extern void gd_from_wgs84(gd_place *places, size_t count, gd_system target);
extern void gd_to_wgs84(gd_place *places, size_t count, gd_system source);

#endif							/* GD_SYSTEM_H */
