/*
 * shift.h
 *	  The shifts of GCJ-02 and BD-09, wherever on earth: whether a place is
 *	  shifted at all is not asked here (mainland.h).
 *
 * Neither is published officially; the formulas are those that the libraries
 * in use have in common.  The way back is not a formula but solves the way
 * forth, to less than 1e-6 m.  Good from 70 to 140 degrees east and 10 to 60
 * degrees north.
 */
#ifndef GD_SHIFT_H
#define GD_SHIFT_H

typedef struct gd_place
{
	double		lon;			/* degrees east */
	double		lat;			/* degrees north */
} gd_place;

/* Each moves two places: the processor does both in the time of one. */
extern void gd_wgs84_to_gcj02(gd_place places[2]);
extern void gd_gcj02_to_wgs84(gd_place places[2]);
extern void gd_gcj02_to_bd09(gd_place places[2]);
extern void gd_bd09_to_gcj02(gd_place places[2]);

#endif							/* GD_SHIFT_H */
