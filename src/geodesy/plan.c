/*
 * plan.c
 *	  From the pixels of a floor plan to places, by control points.
 */
#include "geodesy/plan.h"

#include <math.h>

#define RADIANS 0.017453292519943295

/* Of the product of the spreads: less is a line. */
#define LEAST_SPREAD 1e-9

/* Sums around the mean of all points. */
typedef struct spread
{
	gd_control	mean;
	double		xx;
	double		xy;
	double		yy;
} spread;

static gd_control
mean_of(const gd_control *controls, size_t count)
{
	gd_control	sum = {0};

	for (size_t i = 0; i < count; i++)
	{
		sum.x += controls[i].x;
		sum.y += controls[i].y;
		sum.place.lon += controls[i].place.lon;
		sum.place.lat += controls[i].place.lat;
	}
	return (gd_control){
		.x = sum.x / (double) count, .y = sum.y / (double) count, .place = {.lon = sum.place.lon / (double) count, .lat = sum.place.lat / (double) count}};
}

static spread
spread_of(const gd_control *controls, size_t count)
{
	spread		sums = {.mean = mean_of(controls, count)};

	for (size_t i = 0; i < count; i++)
	{
		double		x = controls[i].x - sums.mean.x;
		double		y = controls[i].y - sums.mean.y;

		sums.xx += x * x;
		sums.xy += x * y;
		sums.yy += y * y;
	}
	return sums;
}

/* The mean is mapped to the mean. */
static void
set_terms(double *terms, const gd_control *mean, double at, double by_x,
		  double by_y)
{
	terms[0] = at - by_x * mean->x - by_y * mean->y;
	terms[1] = by_x;
	terms[2] = by_y;
}

/* A degree east is shorter than one north; y goes down. */
static bool
fit_two(const gd_control *controls, gd_affine *affine)
{
	gd_control	mean = mean_of(controls, 2);
	double		shorter = cos(mean.place.lat * RADIANS);
	double		x = controls[1].x - controls[0].x;
	double		y = controls[0].y - controls[1].y;
	double		east = (controls[1].place.lon - controls[0].place.lon) * shorter;
	double		north = controls[1].place.lat - controls[0].place.lat;
	double		square = x * x + y * y;
	double		along = (east * x + north * y) / square;
	double		across = (north * x - east * y) / square;

	if (!(square > 0) || !(shorter > 0))
		return false;
	set_terms(affine->terms, &mean, mean.place.lon, along / shorter,
			  across / shorter);
	set_terms(affine->terms + 3, &mean, mean.place.lat, across, -along);
	return true;
}

static bool
fit_many(const gd_control *controls, size_t count, gd_affine *affine)
{
	spread		sums = spread_of(controls, count);
	double		determinant = sums.xx * sums.yy - sums.xy * sums.xy;
	double		lon_x = 0,
				lon_y = 0,
				lat_x = 0,
				lat_y = 0;

	if (!(determinant > LEAST_SPREAD * sums.xx * sums.yy))
		return false;
	for (size_t i = 0; i < count; i++)
	{
		double		x = controls[i].x - sums.mean.x;
		double		y = controls[i].y - sums.mean.y;
		double		by_x = (x * sums.yy - y * sums.xy) / determinant;
		double		by_y = (y * sums.xx - x * sums.xy) / determinant;

		lon_x += by_x * (controls[i].place.lon - sums.mean.place.lon);
		lon_y += by_y * (controls[i].place.lon - sums.mean.place.lon);
		lat_x += by_x * (controls[i].place.lat - sums.mean.place.lat);
		lat_y += by_y * (controls[i].place.lat - sums.mean.place.lat);
	}
	set_terms(affine->terms, &sums.mean, sums.mean.place.lon, lon_x, lon_y);
	set_terms(affine->terms + 3, &sums.mean, sums.mean.place.lat, lat_x, lat_y);
	return true;
}

bool
gd_plan_fit(const gd_control *controls, size_t count, gd_affine *affine)
{
	if (count < 2)
		return false;
	return count == 2 ? fit_two(controls, affine)
		: fit_many(controls, count, affine);
}
