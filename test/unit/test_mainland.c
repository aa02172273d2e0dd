/*
 * test_mainland.c
 *	  The outline: places on both sides of it, and its grid against the plain
 *	  list of points.
 */
#include "geodesy/mainland.h"

#include "unit/check.h"
#include "unit/csv.h"
#include "unit/places.h"

/* Cities that face each other, islands, and capitals far off. */
static void
places_are_on_their_side(void)
{
	csv_table  *csv = csv_read_file("test/data/border_places.csv");

	CHECK(csv->rows > 150);
	for (int i = 0; i < csv->rows; i++)
		if (!EACH_INT(gd_in_mainland(csv_number(csv, i, "lon"), csv_number(csv, i, "lat")),
					  csv_int(csv, i, "mainland")))
			printf("# %s\n", csv_get(csv, i, "place"));
	CHECK_EACH("places on their side");
	csv_free(csv);
}

static void
seats_are_inside(void)
{
	csv_table  *csv = csv_read_file("test/data/shifted_places.csv");

	for (int i = 0; i < csv->rows; i++)
		EACH(gd_in_mainland(csv_number(csv, i, "lon"), csv_number(csv, i, "lat")));
	CHECK_EACH("administrative seats");
	csv_free(csv);
}

/* Does a ray to the east meet the edge between two rows of the table? */
static bool
ray_meets(const csv_table *outline, int i, int j, gd_place p)
{
	double		a = csv_number(outline, i, "lat");
	double		b = csv_number(outline, j, "lat");
	double		from = csv_number(outline, i, "lon");
	double		to = csv_number(outline, j, "lon");

	return (a > p.lat) != (b > p.lat) &&
		p.lon < from + (to - from) * (p.lat - a) / (b - a);
}

/* By all points of all rings, each closed by itself. */
static bool
inside_by_list(const csv_table *outline, gd_place p)
{
	bool		inside = false;
	int			first = 0;

	for (int i = 0; i < outline->rows; i++)
	{
		bool		last = strcmp(csv_get(outline, i, "ring"), csv_get(outline, i + 1, "ring")) != 0;

		inside ^= ray_meets(outline, i, last ? first : i + 1, p);
		first = last ? i + 1 : first;
	}
	return inside;
}

static void
grid_is_the_list(void)
{
	csv_table  *outline = csv_read_file("src/geodesy/mainland.csv");
	uint64_t	seed = 1;

	CHECK(outline->rows > 500);
	for (int i = 0; i < 4000 / check_stride(); i++)
	{
		gd_place	p = random_place(&seed);

		EACH_INT(gd_in_mainland(p.lon, p.lat), inside_by_list(outline, p));
	}
	CHECK_EACH("random places");
	for (int i = 0; i < outline->rows; i += check_stride())
	{
		gd_place	p = {csv_number(outline, i, "lon"), csv_number(outline, i, "lat")};

		p.lon += random_between(&seed, -0.01, 0.01);
		p.lat += random_between(&seed, -0.01, 0.01);
		EACH_INT(gd_in_mainland(p.lon, p.lat), inside_by_list(outline, p));
	}
	CHECK_EACH("places beside the points of the outline");
	csv_free(outline);
}

/* Where cells of the grid meet, and on the points themselves. */
static void
lines_of_the_grid_are_read(void)
{
	csv_table  *outline = csv_read_file("src/geodesy/mainland.csv");

	for (double lat = 17.5; lat < 54; lat += 0.5)
		for (double lon = 73; lon < 136; lon += 0.5 * check_stride())
			EACH_INT(gd_in_mainland(lon, lat),
					 inside_by_list(outline, (gd_place) {lon, lat}));
	CHECK_EACH("corners of cells");
	csv_free(outline);
}

static void
nowhere_is_outside(void)
{
	CHECK(!gd_in_mainland(NAN, 30));
	CHECK(!gd_in_mainland(110, NAN));
	CHECK(!gd_in_mainland(INFINITY, 30));
	CHECK(!gd_in_mainland(110, -INFINITY));
	CHECK(!gd_in_mainland(-110, 30));
	CHECK(!gd_in_mainland(110, -30));
	CHECK(!gd_in_mainland(30, 110));
	CHECK(!gd_near_mainland(NAN, 30));
	CHECK(!gd_near_mainland(2, 48));
	CHECK(gd_near_mainland(134.78, 48));
}

int
main(void)
{
	RUN(places_are_on_their_side);
	RUN(seats_are_inside);
	RUN(grid_is_the_list);
	RUN(lines_of_the_grid_are_read);
	RUN(nowhere_is_outside);
	return check_done();
}
