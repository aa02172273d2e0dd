/*
 * shift.c
 *	  GCJ-02 adds waves in metres to a place; BD-09 turns and stretches what
 *	  GCJ-02 gives.  Both change little between neighbours, so that each is
 *	  undone by correcting a guess until it comes out at the place.
 */
#include "geodesy/shift.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

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

/*
 * East and north of two places: what is written once is done with all four,
 * in as many steps as the processor needs.  No other file sees the type, and
 * functions get its address: how it would be passed differs between processors
 * and is nothing to depend on.
 */
typedef double four __attribute__((vector_size(4 * sizeof(double))));
#pragma GCC diagnostic ignored "-Wpsabi"

typedef struct sine_cosine
{
	four		sine;
	four		cosine;
} sine_cosine;

/* The sines of pi/30, pi/12, pi/3, pi, 2 pi and 6 pi times a number. */
typedef struct wave_sines
{
	four		by_30;
	four		by_12;
	four		by_3;
	four		by_1;
	four		times_2;
	four		times_6;
} wave_sines;

/*
 * Of an angle up to 0.65, which is 37 degrees.  The series end where their
 * terms are below 1e-17.  Faster than the C library's, which has to be good
 * for any angle, and the same whatever its version.
 */
static inline sine_cosine
of_small_angle(const four *angle)
{
	four		q = *angle * *angle;
	four		qq = q * q;
	four		qqqq = qq * qq;
	four		sine = (1.0 / 6 - q * (1.0 / 120)) +
		qq * (1.0 / 5040 - q * (1.0 / 362880)) +
		qqqq * ((1.0 / 39916800 - q * (1.0 / 6227020800)) +
				qq * (1.0 / 1307674368000));
	four		cosine = (1.0 / 2 - q * (1.0 / 24)) +
		qq * (1.0 / 720 - q * (1.0 / 40320)) +
		qqqq * ((1.0 / 3628800 - q * (1.0 / 479001600)) +
				qq * (1.0 / 87178291200 - q * (1.0 / 20922789888000)));

	return (sine_cosine){
		*angle - *angle * q * sine, 1 - q * cosine};
}

static inline four
sine_of_double(const sine_cosine *of)
{
	return 2 * of->sine * of->cosine;
}

static inline sine_cosine
of_double(const sine_cosine *of)
{
	return (sine_cosine){
		sine_of_double(of), 1 - 2 * of->sine * of->sine};
}

static inline four
sine_of_triple(const four *sine)
{
	return *sine * (3 - 4 * *sine * *sine);
}

static inline sine_cosine
of_triple(const sine_cosine *of)
{
	return (sine_cosine){
		sine_of_triple(&of->sine), of->cosine * (4 * of->cosine * of->cosine - 3)};
}

static inline sine_cosine
of_quintuple(const sine_cosine *of)
{
	four		s = of->sine * of->sine;
	four		c = of->cosine * of->cosine;

	return (sine_cosine){
		of->sine * (5 + s * (16 * s - 20)), of->cosine * (5 + c * (16 * c - 20))};
}

/* All of them from the one of pi/180. */
static inline wave_sines
sines_of(const sine_cosine *by_180)
{
	sine_cosine by_60 = of_triple(by_180);
	sine_cosine by_12 = of_quintuple(&by_60);
	sine_cosine by_6 = of_double(&by_12);
	sine_cosine by_3 = of_double(&by_6);
	sine_cosine by_1 = of_triple(&by_3);
	four		times_2 = sine_of_double(&by_1);

	return (wave_sines){
		sine_of_double(&by_60), by_12.sine, by_3.sine, by_1.sine,
		times_2, sine_of_triple(&times_2)};
}

/* East gets the one, north the other, at both places. */
static inline four
east_north(double east, double north)
{
	return (four){
		east, north, east, north};
}

/* What is at east goes to north, and the other way round. */
static inline four
crossed(const four *of)
{
	return (four){
		(*of)[1], (*of)[0], (*of)[3], (*of)[2]};
}

/* By how many metres GCJ-02 moves what is so many degrees from its origin. */
static inline four
gcj02_metres(const four *from_origin, const wave_sines *w)
{
	four		of = *from_origin;
	four		other = crossed(&of);
	four		plane = east_north(300, -100) + east_north(1, 3) * of + 2 * other;
	four		curve = of * (east_north(1, 2) * of + other);
	four		waves = 20 * w->by_1 + 40 * w->by_3 + east_north(150, 160) * w->by_12 +
		east_north(300, 320) * w->by_30;
	four		common = w->times_6 + w->times_2;
	double		root[2] = {sqrt(fabs(of[0])), sqrt(fabs(of[2]))};

	/* these two depend on the longitude alone */
	curve += (four) {root[0], 2 * root[0], root[1], 2 * root[1]};
	waves += 20 * (four) {common[0], common[0], common[2], common[2]};
	return plane + 0.1 * curve + waves * (2.0 / 3.0);
}

/* How many degrees a metre is, at a latitude. */
static inline gd_place
degrees_a_metre(double sine, double cosine)
{
	double		flat = 1 - ECCENTRICITY_SQUARED * sine * sine;
	double		degrees = sqrt(flat) / (SEMI_MAJOR_AXIS * (PI / 180));

	return (gd_place){
		degrees / cosine, degrees * flat / (1 - ECCENTRICITY_SQUARED)};
}

void
gd_wgs84_to_gcj02(gd_place places[2])
{
	four		place;
	four		from_origin;
	sine_cosine of;
	wave_sines	waves;
	four		sine;
	four		cosine;
	gd_place	scale[2];
	four		factor;

	memcpy(&place, places, sizeof(place));
	from_origin = place - east_north(ORIGIN_LON, ORIGIN_LAT);
	factor = from_origin * (PI / 180);
	of = of_small_angle(&factor);
	waves = sines_of(&of);
	/* of the latitude itself */
	sine = of.sine * COS_ORIGIN + of.cosine * SIN_ORIGIN;
	cosine = of.cosine * COS_ORIGIN - of.sine * SIN_ORIGIN;
	scale[0] = degrees_a_metre(sine[1], cosine[1]);
	scale[1] = degrees_a_metre(sine[3], cosine[3]);
	memcpy(&factor, scale, sizeof(factor));
	place += gcj02_metres(&from_origin, &waves) * factor;
	memcpy(places, &place, sizeof(place));
}

/*
 * Distance and direction from 0, 0 as if degrees were a plane, both changed a
 * little.  To turn by an angle this small needs no sine: the next terms are
 * under 1e-17.
 */
static inline gd_place
gcj02_to_bd09(gd_place place)
{
	double		distance = sqrt(place.lon * place.lon + place.lat * place.lat);
	double		stretch = 1 + BD_STRETCH * sin(place.lat * BD_WAVE) / distance;
	double		turn = BD_TURN * cos(place.lon * BD_WAVE);
	double		cosine = 1 - turn * turn / 2;

	return (gd_place){
		stretch * (place.lon * cosine - place.lat * turn) + BD_LON,
		stretch * (place.lat * cosine + place.lon * turn) + BD_LAT};
}

void
gd_gcj02_to_bd09(gd_place places[2])
{
	places[0] = gcj02_to_bd09(places[0]);
	places[1] = gcj02_to_bd09(places[1]);
}

/*
 * Two guesses, each corrected by how far it comes out from its place, until
 * the correction is small.  One that is good stays as it is: what becomes of a
 * place must not depend on the other.
 */
typedef struct guesses
{
	gd_place	at[2];
	bool		good[2];
} guesses;

static void
correct(guesses *guess, const gd_place comes_out[2], const gd_place places[2])
{
	for (int i = 0; i < 2; i++)
	{
		double		east = places[i].lon - comes_out[i].lon;
		double		north = places[i].lat - comes_out[i].lat;

		if (guess->good[i])
			continue;
		guess->at[i].lon += east;
		guess->at[i].lat += north;
		guess->good[i] = fabs(east) < CLOSE_ENOUGH && fabs(north) < CLOSE_ENOUGH;
	}
}

void
gd_gcj02_to_wgs84(gd_place places[2])
{
	guesses		guess = {{places[0], places[1]}, {false, false}};
	gd_place	comes_out[2];

	for (int i = 0; i < ROUNDS_AT_MOST && !(guess.good[0] && guess.good[1]); i++)
	{
		memcpy(comes_out, guess.at, sizeof(comes_out));
		gd_wgs84_to_gcj02(comes_out);
		correct(&guess, comes_out, places);
	}
	memcpy(places, guess.at, sizeof(guess.at));
}

void
gd_bd09_to_gcj02(gd_place places[2])
{
	guesses		guess = {{
		{places[0].lon - BD_LON, places[0].lat - BD_LAT},
		{places[1].lon - BD_LON, places[1].lat - BD_LAT}
	}, {false, false}};
	gd_place	comes_out[2];

	for (int i = 0; i < ROUNDS_AT_MOST && !(guess.good[0] && guess.good[1]); i++)
	{
		memcpy(comes_out, guess.at, sizeof(comes_out));
		gd_gcj02_to_bd09(comes_out);
		correct(&guess, comes_out, places);
	}
	memcpy(places, guess.at, sizeof(guess.at));
}
