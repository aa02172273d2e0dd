/*
 * test_plan.c
 *	  Floor plans: what control points say, and when they say nothing.
 */
#include "geodesy/plan.h"

#include <math.h>

#include "unit/check.h"

#define METRES_A_DEGREE 111195.0
#define RADIANS 0.017453292519943295

static gd_place
at_pixel(const gd_affine *affine, double x, double y)
{
	const double *t = affine->terms;

	return (gd_place) {t[0] + t[1] * x + t[2] * y, t[3] + t[4] * x + t[5] * y};
}

static double
metres(gd_place a, gd_place b)
{
	double		north = (a.lat - b.lat) * METRES_A_DEGREE;
	double		east = (a.lon - b.lon) * METRES_A_DEGREE * cos(a.lat * RADIANS);

	return hypot(north, east);
}

/* A plan drawn to the north, ten pixels a metre, its corner at 120 E 30 N. */
static gd_place
drawn(double x, double y)
{
	double		shorter = cos(30 * RADIANS);

	return (gd_place){
		120 + x / 10 / METRES_A_DEGREE / shorter,
		30 - y / 10 / METRES_A_DEGREE};
}

static void
two_points_turn_scale_and_move(void)
{
	gd_control	controls[] = {{0, 0, drawn(0, 0)}, {400, 300, drawn(400, 300)}};
	gd_affine	affine;

	CHECK(gd_plan_fit(controls, 2, &affine));
	CHECK(metres(at_pixel(&affine, 0, 0), drawn(0, 0)) < 1e-6);
	CHECK(metres(at_pixel(&affine, 400, 300), drawn(400, 300)) < 1e-6);
	/* what only the right hand and the shorter degree give */
	CHECK(metres(at_pixel(&affine, 400, 0), drawn(400, 0)) < 1e-3);
	CHECK(metres(at_pixel(&affine, 0, 300), drawn(0, 300)) < 1e-3);
}

/* Turned by a quarter: up in the plan is east. */
static void
a_turned_plan(void)
{
	gd_control	controls[] = {
		{0, 1000, {120, 30}},
		{0, 0, {120 + 100 / METRES_A_DEGREE / cos(30 * RADIANS), 30}}
	};
	gd_affine	affine;
	gd_place	right;

	CHECK(gd_plan_fit(controls, 2, &affine));
	right = at_pixel(&affine, 1000, 1000);
	CHECK(metres(right, (gd_place) {120, 30 - 100 / METRES_A_DEGREE}) < 0.01);
}

static void
three_points_shear(void)
{
	gd_control	controls[] = {
		{0, 0, {120, 30}}, {100, 0, {120.001, 30.0002}}, {0, 100, {120.0003, 29.999}}
	};
	gd_affine	affine;

	CHECK(gd_plan_fit(controls, 3, &affine));
	for (int i = 0; i < 3; i++)
		CHECK(metres(at_pixel(&affine, controls[i].x, controls[i].y), controls[i].place) < 1e-6);
	CHECK(metres(at_pixel(&affine, 100, 100), (gd_place) {120.0013, 29.9992}) < 1e-6);
}

/* Errors that cancel out leave the map as it is. */
static void
more_points_are_fitted(void)
{
	gd_control	controls[4];
	gd_affine	affine;

	for (int i = 0; i < 4; i++)
	{
		double		x = i % 2 * 1000;
		double		y = i / 2 * 1000;

		controls[i] = (gd_control) {x, y, drawn(x, y)};
		controls[i].place.lat += (i == 0 || i == 3 ? 1 : -1) * 1 / METRES_A_DEGREE;
	}
	CHECK(gd_plan_fit(controls, 4, &affine));
	CHECK(metres(at_pixel(&affine, 500, 500), drawn(500, 500)) < 1e-6);
	CHECK(metres(at_pixel(&affine, 0, 0), drawn(0, 0)) < 1e-6);
}

static void
what_says_nothing(void)
{
	gd_control	same[] = {{5, 5, {120, 30}}, {5, 5, {120.1, 30}}};
	gd_control	line[] = {{0, 0, {120, 30}}, {10, 10, {120.1, 30.1}}, {20, 20, {120.2, 30.2}}};
	gd_affine	affine;

	CHECK(!gd_plan_fit(same, 0, &affine));
	CHECK(!gd_plan_fit(same, 1, &affine));
	CHECK(!gd_plan_fit(same, 2, &affine));
	CHECK(!gd_plan_fit(line, 3, &affine));
}

int
main(void)
{
	RUN(two_points_turn_scale_and_move);
	RUN(a_turned_plan);
	RUN(three_points_shear);
	RUN(more_points_are_fitted);
	RUN(what_says_nothing);
	return check_done();
}
