/*
 * shift.c
 *	  GCJ-02 adds waves in metres to a place; BD-09 turns and stretches what
 *	  GCJ-02 gives.  Both change little between neighbours, so that each is
 *	  undone by correcting a guess until it comes out at the place.
 */
#include "geodesy/shift.h"

#include <math.h>
#include <stdbool.h>

#define PI 3.14159265358979323846

/* The ellipsoid of Krasovsky, which turns metres into degrees. */
#define SEMI_MAJOR_AXIS 6378245.0
#define ECCENTRICITY_SQUARED 0.00669342162296594323

/* Where the waves of GCJ-02 start. */
#define ORIGIN_LON 105.0
#define ORIGIN_LAT 35.0
#define SIN_ORIGIN 0.57357643635104609611
#define COS_ORIGIN 0.81915204428899178968

/* BD-09: angle of its waves a degree, their heights, its offset. */
#define BD_WAVE (PI * 3000.0 / 180.0)
#define BD_STRETCH 0.00002
#define BD_TURN 0.000003
#define BD_LON 0.0065
#define BD_LAT 0.006

/*
 * A guess is good when the last correction was this small, in degrees: the
 * next one would be 50 times smaller at least, which is less than 1e-6 m.  It
 * takes five rounds; more mean that a place is not what it should be.
 */
#define CLOSE_ENOUGH 1e-10
#define ROUNDS_AT_MOST 20

typedef struct sine_cosine
{
	double		sine;
	double		cosine;
} sine_cosine;

/* The sines of pi/30, pi/12, pi/3, pi, 2 pi and 6 pi times a number. */
typedef struct wave_sines
{
	double		by_30;
	double		by_12;
	double		by_3;
	double		by_1;
	double		times_2;
	double		times_6;
} wave_sines;

/*
 * Of an angle up to 0.65, which is 37 degrees.  The series end where their
 * terms are below 1e-17.  Faster than the C library's, which has to be good
 * for any angle, and the same whatever its version.
 */
static inline sine_cosine
of_small_angle(double angle)
{
	double		q = angle * angle;
	double		sine = 1.0 / 1307674368000;
	double		cosine = 1.0 / 20922789888000;

	sine = 1.0 / 6227020800 - q * sine;
	sine = 1.0 / 39916800 - q * sine;
	sine = 1.0 / 362880 - q * sine;
	sine = 1.0 / 5040 - q * sine;
	sine = 1.0 / 120 - q * sine;
	sine = 1.0 / 6 - q * sine;
	cosine = 1.0 / 87178291200 - q * cosine;
	cosine = 1.0 / 479001600 - q * cosine;
	cosine = 1.0 / 3628800 - q * cosine;
	cosine = 1.0 / 40320 - q * cosine;
	cosine = 1.0 / 720 - q * cosine;
	cosine = 1.0 / 24 - q * cosine;
	cosine = 1.0 / 2 - q * cosine;
	return (sine_cosine){
		angle - angle * q * sine, 1 - q * cosine};
}

static inline sine_cosine
of_double(sine_cosine of)
{
	return (sine_cosine){
		2 * of.sine * of.cosine, 1 - 2 * of.sine * of.sine};
}

static inline sine_cosine
of_triple(sine_cosine of)
{
	return (sine_cosine){
		of.sine * (3 - 4 * of.sine * of.sine),
		of.cosine * (4 * of.cosine * of.cosine - 3)};
}

static inline sine_cosine
of_quintuple(sine_cosine of)
{
	double		s = of.sine * of.sine;
	double		c = of.cosine * of.cosine;

	return (sine_cosine){
		of.sine * (5 + s * (16 * s - 20)), of.cosine * (5 + c * (16 * c - 20))};
}

/* All of them from the one of pi/180. */
static inline wave_sines
sines_of(sine_cosine by_180)
{
	sine_cosine by_60 = of_triple(by_180);
	sine_cosine by_12 = of_quintuple(by_60);
	sine_cosine by_3 = of_double(of_double(by_12));
	sine_cosine by_1 = of_triple(by_3);
	sine_cosine times_2 = of_double(by_1);

	return (wave_sines){
		of_double(by_60).sine, by_12.sine, by_3.sine, by_1.sine,
		times_2.sine, of_triple(times_2).sine};
}

/* By how many degrees GCJ-02 moves a place. */
static gd_place
gcj02_shift(gd_place place)
{
	double		x = place.lon - ORIGIN_LON;
	double		y = place.lat - ORIGIN_LAT;
	sine_cosine of_y = of_small_angle(y * (PI / 180));
	wave_sines	wx = sines_of(of_small_angle(x * (PI / 180)));
	wave_sines	wy = sines_of(of_y);
	double		root = 0.1 * sqrt(fabs(x));
	double		both = 20 * (wx.times_6 + wx.times_2);
	double		east = 300 + x + 2 * y + 0.1 * x * (x + y) + root +
		(both + 20 * wx.by_1 + 40 * wx.by_3 + 150 * wx.by_12 + 300 * wx.by_30) * (2.0 / 3.0);
	double		north = -100 + 2 * x + 3 * y + 0.1 * y * (2 * y + x) + 2 * root +
		(both + 20 * wy.by_1 + 40 * wy.by_3 + 160 * wy.by_12 + 320 * wy.by_30) * (2.0 / 3.0);
	double		sine = of_y.sine * COS_ORIGIN + of_y.cosine * SIN_ORIGIN;
	double		cosine = of_y.cosine * COS_ORIGIN - of_y.sine * SIN_ORIGIN;
	double		flat = 1 - ECCENTRICITY_SQUARED * sine * sine;
	double		root_flat = sqrt(flat);
	double		axis = SEMI_MAJOR_AXIS * (PI / 180);

	return (gd_place){
		east * root_flat / (axis * cosine),
		north * flat * root_flat / (axis * (1 - ECCENTRICITY_SQUARED))};
}

gd_place
gd_wgs84_to_gcj02(gd_place place)
{
	gd_place	shift = gcj02_shift(place);

	return (gd_place){
		place.lon + shift.lon, place.lat + shift.lat};
}

/* Correct a guess by how far it comes out from the place; was it near? */
static inline bool
correct(gd_place *guess, gd_place comes_out, gd_place place)
{
	double		east = place.lon - comes_out.lon;
	double		north = place.lat - comes_out.lat;

	guess->lon += east;
	guess->lat += north;
	return fabs(east) < CLOSE_ENOUGH && fabs(north) < CLOSE_ENOUGH;
}

gd_place
gd_gcj02_to_wgs84(gd_place place)
{
	gd_place	guess = place;

	for (int i = 0; i < ROUNDS_AT_MOST; i++)
		if (correct(&guess, gd_wgs84_to_gcj02(guess), place))
			break;
	return guess;
}

/*
 * Distance and direction from 0, 0 as if degrees were a plane, both changed a
 * little.  To turn by an angle this small needs no sine: the next terms are
 * under 1e-17.
 */
gd_place
gd_gcj02_to_bd09(gd_place place)
{
	double		distance = sqrt(place.lon * place.lon + place.lat * place.lat);
	double		stretch = 1 + BD_STRETCH * sin(place.lat * BD_WAVE) / distance;
	double		turn = BD_TURN * cos(place.lon * BD_WAVE);
	double		cosine = 1 - turn * turn / 2;

	return (gd_place){
		stretch * (place.lon * cosine - place.lat * turn) + BD_LON,
		stretch * (place.lat * cosine + place.lon * turn) + BD_LAT};
}

gd_place
gd_bd09_to_gcj02(gd_place place)
{
	gd_place	guess = {place.lon - BD_LON, place.lat - BD_LAT};

	for (int i = 0; i < ROUNDS_AT_MOST; i++)
		if (correct(&guess, gd_gcj02_to_bd09(guess), place))
			break;
	return guess;
}
