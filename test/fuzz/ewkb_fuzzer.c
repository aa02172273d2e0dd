/*
 * ewkb_fuzzer.c
 *	  Read any bytes as EWKB: runs lie inside the input, behind each other, and
 *	  changing their points does not change what follows.
 */
#include "geodesy/ewkb.h"
#include "geodesy/system.h"

#include "fuzz/fuzz.h"

static void
move_point(uint8_t *point)
{
	gd_place	place;

	memcpy(&place, point, sizeof(place));
	gd_from_wgs84(&place, 1, GD_BD09);
	gd_to_wgs84(&place, 1, GD_BD09);
	memcpy(point, &place, sizeof(place));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t    *copy = exact_copy(data, size);
	gd_ewkb		reader = gd_ewkb_start(copy, size);
	const uint8_t *behind = copy;
	gd_ewkb_result result;
	gd_ewkb_run run;

	while ((result = gd_ewkb_next(&reader, &run)) == GD_EWKB_RUN)
	{
		PROPERTY(run.points >= behind);
		PROPERTY(run.count <= size / run.stride);
		behind = run.points + run.count * run.stride;
		PROPERTY(behind <= copy + size);
		gd_ewkb_run_is_whole(&run);
		for (size_t i = 0; i < run.count; i++)
			move_point(run.points + i * run.stride);
	}
	if (size >= 9)
		gd_ewkb_srid(copy);
	PROPERTY(result == GD_EWKB_BAD || reader.left == 0);
	free(copy);
	return 0;
}
