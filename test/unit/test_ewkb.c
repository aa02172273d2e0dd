/*
 * test_ewkb.c
 *	  Points of geometries in EWKB: every type, every number of coordinates,
 *	  what is cut off, what is no geometry.
 */
#include "geodesy/ewkb.h"

#include "unit/check.h"
#include "unit/exact.h"

#define MOST_BYTES 512

/* A geometry as it is put together; this machine's byte order. */
typedef struct wkb
{
	size_t		size;
	uint8_t		bytes[MOST_BYTES];
} wkb;

static void
put(wkb *w, const void *bytes, size_t size)
{
	memcpy(w->bytes + w->size, bytes, size);
	w->size += size;
}

static void
put_number(wkb *w, uint32_t number)
{
	put(w, &number, sizeof(number));
}

static void
put_head(wkb *w, uint32_t type)
{
	const uint16_t one = 1;

	put(w, &one, 1);
	put_number(w, type);
}

static void
put_points(wkb *w, int count, int coordinates)
{
	for (int i = 0; i < count; i++)
		for (int j = 0; j < coordinates; j++)
		{
			double		value = i * 10 + j;

			put(w, &value, sizeof(value));
		}
}

/* How many points there are in how many runs; -1 when it is bad. */
typedef struct found
{
	int			runs;
	int			points;
	int			whole;
} found;

static found
look(const uint8_t *bytes, size_t size)
{
	uint8_t    *copy = exact_copy(bytes, size);
	gd_ewkb		reader = gd_ewkb_start(copy, size);
	gd_ewkb_run run;
	gd_ewkb_result result;
	found		f = {0, 0, 0};

	while ((result = gd_ewkb_next(&reader, &run)) == GD_EWKB_RUN)
	{
		f.runs++;
		f.points += (int) run.count;
		f.whole += gd_ewkb_run_is_whole(&run);
		/* the sanitizers see whether all of it may be written */
		memset(run.points, 0xff, run.count * run.stride);
	}
	free(copy);
	return result == GD_EWKB_END ? f : (found) {-1, -1, -1};
}

static void
check_geometry(const wkb *w, int runs, int points, int whole)
{
	found		f = look(w->bytes, w->size);

	CHECK_INT(f.runs, runs);
	CHECK_INT(f.points, points);
	CHECK_INT(f.whole, whole);
	for (size_t size = 0; size < w->size; size++)
		EACH_INT(look(w->bytes, size).runs, -1);
	CHECK_EACH("what is cut off");
}

static void
points_of_every_dimension(void)
{
	for (uint32_t z = 0; z < 2; z++)
		for (uint32_t m = 0; m < 2; m++)
		{
			wkb			w = {0};

			put_head(&w, 1 | z * GD_EWKB_Z | m * GD_EWKB_M);
			put_points(&w, 1, (int) (2 + z + m));
			check_geometry(&w, 1, 1, 1);
		}
}

static void
put_line(wkb *w, uint32_t type, int count, int coordinates)
{
	put_head(w, type);
	put_number(w, (uint32_t) count);
	put_points(w, count, coordinates);
}

static void
lines_and_arcs(void)
{
	static const struct
	{
		uint32_t	type;
		int			count;
		int			whole;
	}			cases[] = {
		{2, 0, 1}, {2, 1, 0}, {2, 2, 1}, {2, 3, 1},
		{8, 0, 1}, {8, 1, 0}, {8, 2, 0}, {8, 3, 1}, {8, 4, 0}, {8, 5, 1}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		wkb			w = {0};

		put_line(&w, cases[i].type | GD_EWKB_Z, cases[i].count, 3);
		check_geometry(&w, 1, cases[i].count, cases[i].whole);
	}
}

static void
put_ring(wkb *w, int count, bool closed)
{
	put_number(w, (uint32_t) count);
	put_points(w, count - closed, 2);
	put_points(w, closed, 2);
}

static void
rings_of_polygons_and_triangles(void)
{
	for (uint32_t type = 3; type <= 17; type += 14)
	{
		wkb			w = {0};

		put_head(&w, type);
		put_number(&w, 3);
		put_ring(&w, 4, true);
		put_ring(&w, 5, false);
		put_ring(&w, 3, true);
		check_geometry(&w, 3, 12, 1);
	}
}

/* Each collection holds an empty one of its kind and a line. */
static void
collections_of_every_kind(void)
{
	static const uint32_t types[] = {4, 5, 6, 7, 9, 10, 11, 12, 15, 16};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		wkb			w = {0};

		put_head(&w, types[i] | GD_EWKB_SRID);
		put_number(&w, 4490);
		put_number(&w, 2);
		put_head(&w, types[i]);
		put_number(&w, 0);
		put_line(&w, 2, 3, 2);
		check_geometry(&w, 1, 3, 1);
		CHECK_INT(gd_ewkb_srid(w.bytes), 4490);
	}
}

/* As deep as there is room: it costs no stack. */
static void
deep_collections(void)
{
	wkb			w = {0};

	for (int i = 0; i < 40; i++)
	{
		put_head(&w, 7);
		put_number(&w, 1);
	}
	put_line(&w, 2, 2, 2);
	check_geometry(&w, 1, 2, 1);
	CHECK_INT(gd_ewkb_srid(w.bytes), 0);
}

static void
check_bad(const wkb *w)
{
	CHECK_INT(look(w->bytes, w->size).runs, -1);
}

static void
what_is_no_geometry(void)
{
	static const uint32_t types[] = {0, 13, 14, 18, 1001, UINT32_C(0x10000001)};
	wkb			w = {0};

	check_bad(&w);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		w.size = 0;
		put_line(&w, types[i], 2, 2);
		check_bad(&w);
	}
	w.size = 0;
	put_line(&w, 2, 2, 2);
	w.bytes[0] ^= 1;
	check_bad(&w);
	w.bytes[0] ^= 1;
	put(&w, "x", 1);
	check_bad(&w);
}

/* Counts that are far more than the bytes that follow. */
static void
counts_too_large(void)
{
	static const uint32_t types[] = {2, 3, 4, 7, 8, 10, 17};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		wkb			w = {0};

		put_head(&w, types[i]);
		put_number(&w, UINT32_MAX);
		put_points(&w, 2, 2);
		check_bad(&w);
	}
}

int
main(void)
{
	RUN(points_of_every_dimension);
	RUN(lines_and_arcs);
	RUN(rings_of_polygons_and_triangles);
	RUN(collections_of_every_kind);
	RUN(deep_collections);
	RUN(what_is_no_geometry);
	RUN(counts_too_large);
	return check_done();
}
