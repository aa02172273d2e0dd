/*
 * test_system.c
 *	  Systems by name, and what is moved at the outline, on either side of it.
 */
#include "geodesy/system.h"

#include "geodesy/mainland.h"

#include "unit/check.h"
#include "unit/csv.h"
#include "unit/places.h"

#define PLACES 100000

static int
named(const char *name)
{
	gd_system	system;

	return gd_system_named(name, strlen(name), &system) ? (int) system : -1;
}

static void
names_are_read_as_written(void)
{
	CHECK_INT(named("wgs84"), GD_WGS84);
	CHECK_INT(named("WGS-84"), GD_WGS84);
	CHECK_INT(named(" Wgs 84 "), GD_WGS84);
	CHECK_INT(named("cgcs2000"), GD_CGCS2000);
	CHECK_INT(named("CGCS_2000"), GD_CGCS2000);
	CHECK_INT(named("gcj02"), GD_GCJ02);
	CHECK_INT(named("GCJ-02"), GD_GCJ02);
	CHECK_INT(named("bd09"), GD_BD09);
	CHECK_INT(named("BD-09"), GD_BD09);
}

static void
other_names_are_refused(void)
{
	static const char *const bad[] = {
		"", " ", "-", "wgs", "wgs8", "wgs844", "wgs84x", "cgcs20000", "gcj2",
		"bd09mc", "4326", "wgs\t84", "火星坐标", "gcj02 and more"
	};
	gd_system	system;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(named(bad[i]), -1);
	CHECK(!gd_system_named("wgs84\0", 6, &system));
	CHECK(gd_system_named("gcj02xxx", 5, &system));
}

static void
titles_are_names(void)
{
	for (gd_system system = GD_WGS84; system <= GD_BD09; system++)
		CHECK_INT(named(gd_system_title(system)), system);
}

/* True whatever the place, in every system. */
static void
check_place(gd_place p, gd_system system)
{
	gd_place	delivered = from_wgs84(p, system);
	gd_place	back = to_wgs84(delivered, system);
	gd_place	read = to_wgs84(p, system);

	if (gd_in_mainland(p.lon, p.lat))
		EACH(metres_between(p, back) < SAME_METRES);
	else
		EACH(same_place(p, delivered));
	/* what is read as moved has the mainland on one side at least */
	EACH(same_place(p, read) || gd_in_mainland(p.lon, p.lat) ||
		 gd_in_mainland(read.lon, read.lat));
	EACH(metres_between(p, read) < 2000);
}

static void
places_come_back(void)
{
	uint64_t	seed = 1;

	for (int i = 0; i < PLACES / check_stride(); i++)
	{
		gd_place	p = random_place(&seed);

		for (gd_system system = GD_WGS84; system <= GD_BD09; system++)
			check_place(p, system);
	}
	CHECK_EACH("places in the box");
}

static void
places_at_the_outline_come_back(void)
{
	csv_table  *outline = csv_read_file("src/geodesy/mainland.csv");
	uint64_t	seed = 2;

	for (int i = 0; i < outline->rows; i += check_stride())
		for (int j = 0; j < 200; j++)
		{
			gd_place	p = {csv_number(outline, i, "lon"), csv_number(outline, i, "lat")};

			p.lon += random_between(&seed, -0.02, 0.02);
			p.lat += random_between(&seed, -0.02, 0.02);
			check_place(p, GD_GCJ02);
			check_place(p, GD_BD09);
		}
	CHECK_EACH("places at the outline");
	csv_free(outline);
}

/* As the outline is drawn, all but those that face a city across a river. */
static void
what_is_outside_is_left_alone(void)
{
	csv_table  *csv = csv_read_file("test/data/border_places.csv");

	for (int i = 0; i < csv->rows; i++)
	{
		gd_place	p = {csv_number(csv, i, "lon"), csv_number(csv, i, "lat")};

		if (csv_int(csv, i, "mainland") == 1)
			EACH(metres_between(p, from_wgs84(p, GD_GCJ02)) > 20);
		else
			EACH(same_place(p, from_wgs84(p, GD_BD09)) &&
				 same_place(p, from_wgs84(p, GD_GCJ02)));
	}
	CHECK_EACH("places outside");
	csv_free(csv);
}

/* Whatever the others are: in any order, any number of them. */
static void
places_do_not_touch_each_other(void)
{
	gd_place	places[7];
	gd_place	moved[7];
	uint64_t	seed = 3;

	for (int n = 0; n < 20000 / check_stride(); n++)
	{
		size_t		count = (size_t) n % 8;

		for (size_t i = 0; i < count; i++)
			places[i] = moved[i] = random_place(&seed);
		gd_from_wgs84(moved, count, GD_BD09);
		for (size_t i = 0; i < count; i++)
			EACH(same_place(moved[i], from_wgs84(places[i], GD_BD09)));
		gd_to_wgs84(moved, count, GD_GCJ02);
		for (size_t i = 0; i < count; i++)
			EACH(same_place(moved[i], to_wgs84(from_wgs84(places[i], GD_BD09), GD_GCJ02)));
	}
	CHECK_EACH("places in company");
}

static void
no_numbers_stay(void)
{
	gd_place	place = {NAN, 30};

	CHECK(isnan(from_wgs84(place, GD_BD09).lon) && isnan(to_wgs84(place, GD_BD09).lon));
	place = (gd_place) {110, INFINITY};
	CHECK(same_place(place, from_wgs84(place, GD_GCJ02)) && same_place(place, to_wgs84(place, GD_GCJ02)));
}

static void
the_way_back_is_alone_too(void)
{
	static const gd_place outside[] = {
		{114.17, 22.30}, {113.92, 22.31}, {113.592, 22.15}, {121.56, 25.04},
		{118.32, 24.435}, {105.85, 21.03}, {126.98, 37.57}, {106.92, 47.92},
		{135.07, 48.48}, {85.32, 27.71}, {76.95, 43.24}, {2.35, 48.86},
		{-74, 40.7}, {151.2, -33.9}, {0, 0}, {180, 90}, {-180, -90}
	};

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		for (gd_system system = GD_WGS84; system <= GD_BD09; system++)
			CHECK(same_place(outside[i], to_wgs84(outside[i], system)));
}

int
main(void)
{
	RUN(names_are_read_as_written);
	RUN(other_names_are_refused);
	RUN(titles_are_names);
	RUN(places_come_back);
	RUN(places_at_the_outline_come_back);
	RUN(what_is_outside_is_left_alone);
	RUN(places_do_not_touch_each_other);
	RUN(no_numbers_stay);
	RUN(the_way_back_is_alone_too);
	return check_done();
}
