/*
 * plan.h
 *	  From the pixels of a floor plan to places, by control points.
 */
#ifndef GD_PLAN_H
#define GD_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "geodesy/shift.h"

/* Pixels count from the upper left corner, y downwards. */
typedef struct gd_control
{
	double		x;
	double		y;
	gd_place	place;
} gd_control;

/* lon = terms[0] + terms[1] x + terms[2] y, lat by terms[3] to [5] alike. */
typedef struct gd_affine
{
	double		terms[6];
} gd_affine;

/*
 * Two points: turned, scaled and moved.  More: the affine map with the least
 * sum of squared distances.  False if the points do not say it: fewer than
 * two, two at one pixel, more of them in one line.
 */
extern bool gd_plan_fit(const gd_control *controls, size_t count,
						gd_affine *affine);

#endif							/* GD_PLAN_H */
