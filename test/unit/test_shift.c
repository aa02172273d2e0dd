/*
 * test_shift.c
 *	  The shifts: against their formulas as published, against values of other
 *	  libraries and of map services, and back to where they came from.
 */
#include "geodesy/shift.h"

#include "unit/check.h"
#include "unit/csv.h"
#include "unit/places.h"

#define PLACES 200000

/* As libraries have it, term by term and with the C library's sines. */
static gd_place
gcj02_as_published(gd_place p)
{
	const double pi = acos(-1);
	const double a = 6378245.0;
	const double ee = 0.00669342162296594323;
	double		x = p.lon - 105;
	double		y = p.lat - 35;
	double		both = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3;
	double		north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y +
		0.2 * sqrt(fabs(x)) + both +
		(20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 +
		(160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3;
	double		east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y +
		0.1 * sqrt(fabs(x)) + both +
		(20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 +
		(150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3;
	double		flat = 1 - ee * pow(sin(p.lat / 180 * pi), 2);

	p.lon += east * 180 / (a / sqrt(flat) * cos(p.lat / 180 * pi) * pi);
	p.lat += north * 180 / (a * (1 - ee) / (flat * sqrt(flat)) * pi);
	return p;
}

static gd_place
bd09_as_published(gd_place p)
{
	const double wave = acos(-1) * 3000 / 180;
	double		z = hypot(p.lon, p.lat) + 0.00002 * sin(p.lat * wave);
	double		theta = atan2(p.lat, p.lon) + 0.000003 * cos(p.lon * wave);

	p.lon = z * cos(theta) + 0.0065;
	p.lat = z * sin(theta) + 0.006;
	return p;
}

static void
formulas_are_those_published(void)
{
	uint64_t	seed = 1;

	for (int i = 0; i < PLACES / check_stride(); i++)
	{
		gd_place	p = random_place(&seed);

		EACH(metres_between(shifted(gd_wgs84_to_gcj02, p), gcj02_as_published(p)) < SAME_METRES);
		EACH(metres_between(shifted(gd_gcj02_to_bd09, p), bd09_as_published(p)) < SAME_METRES);
	}
	CHECK_EACH("places by the formulas");
}

static void
every_shift_comes_back(void)
{
	uint64_t	seed = 2;

	for (int i = 0; i < PLACES / check_stride(); i++)
	{
		gd_place	p = random_place(&seed);

		EACH(metres_between(p, shifted(gd_gcj02_to_wgs84, shifted(gd_wgs84_to_gcj02, p))) < SAME_METRES);
		EACH(metres_between(p, shifted(gd_bd09_to_gcj02, shifted(gd_gcj02_to_bd09, p))) < SAME_METRES);
		EACH(metres_between(p, shifted(gd_wgs84_to_gcj02, shifted(gd_gcj02_to_wgs84, p))) < SAME_METRES);
	}
	CHECK_EACH("places that come back");
}

/* Two places a metre apart stay so, to 2 cm: nothing jumps or folds. */
static void
neighbours_stay_neighbours(void)
{
	uint64_t	seed = 3;

	for (int i = 0; i < PLACES / check_stride(); i++)
	{
		gd_place	p = random_place(&seed);
		gd_place	q = {p.lon, p.lat + 1 / METRES_A_DEGREE};

		EACH(fabs(metres_between(shifted(gd_wgs84_to_gcj02, p), shifted(gd_wgs84_to_gcj02, q)) - 1) < 0.02);
		EACH(fabs(metres_between(shifted(gd_gcj02_to_bd09, p), shifted(gd_gcj02_to_bd09, q)) - 1) < 0.02);
	}
	CHECK_EACH("neighbours");
}

static gd_place
moved(gd_place place, const char *source, const char *target)
{
	if (strcmp(source, "bd09") == 0)
		place = shifted(gd_bd09_to_gcj02, place);
	if (strcmp(target, "wgs84") == 0)
		return shifted(gd_gcj02_to_wgs84, place);
	if (strcmp(source, "wgs84") == 0)
		place = shifted(gd_wgs84_to_gcj02, place);
	return strcmp(target, "bd09") == 0 ? shifted(gd_gcj02_to_bd09, place) : place;
}

/*
 * eviltransform and coordtransform: what their tests expect, to a millimetre
 * where they go forth, to what their own way back is worth where they go back.
 * gcoord: the administrative seats in its tests, which come from the services'
 * own conversion and differ from the formula by 0.7 m all over the country.
 */
static void
others_say_the_same(void)
{
	csv_table  *csv = csv_read_file("test/data/shifted_places.csv");

	CHECK(csv->rows >= 100);
	for (int i = 0; i < csv->rows; i++)
	{
		gd_place	from = {csv_number(csv, i, "lon"), csv_number(csv, i, "lat")};
		gd_place	to = {csv_number(csv, i, "to_lon"), csv_number(csv, i, "to_lat")};
		gd_place	ours = moved(from, csv_get(csv, i, "source"), csv_get(csv, i, "target"));

		if (!EACH(metres_between(ours, to) < csv_number(csv, i, "metres")))
			printf("# row %d: %.3f m\n", i, metres_between(ours, to));
	}
	CHECK_EACH("places of others");
	csv_free(csv);
}

int
main(void)
{
	RUN(formulas_are_those_published);
	RUN(every_shift_comes_back);
	RUN(neighbours_stay_neighbours);
	RUN(others_say_the_same);
	return check_done();
}
