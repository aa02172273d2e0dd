/*
 * ewkb.c
 *	  Reads EWKB from front to back.
 *
 * Members of a collection are whole geometries that follow it.  It is enough
 * to count how many are still to come: which one belongs to which collection
 * does not matter to its points.
 */
#include "geodesy/ewkb.h"

#include <string.h>

typedef enum ewkb_type
{
	EWKB_POINT = 1,
	EWKB_LINE = 2,
	EWKB_POLYGON = 3,
	EWKB_MULTI_POINT = 4,
	EWKB_MULTI_LINE = 5,
	EWKB_MULTI_POLYGON = 6,
	EWKB_COLLECTION = 7,
	EWKB_CIRCULAR_STRING = 8,
	EWKB_COMPOUND_CURVE = 9,
	EWKB_CURVE_POLYGON = 10,
	EWKB_MULTI_CURVE = 11,
	EWKB_MULTI_SURFACE = 12,
	EWKB_POLYHEDRAL_SURFACE = 15,
	EWKB_TIN = 16,
	EWKB_TRIANGLE = 17
} ewkb_type;

/* The fewest bytes of a geometry and of a run: count, and what precedes it. */
#define GEOMETRY_BYTES 9
#define RUN_BYTES 4

static bool
take_number(gd_ewkb *reader, uint32_t *number)
{
	if (reader->left < sizeof(*number))
		return false;
	memcpy(number, reader->at, sizeof(*number));
	reader->at += sizeof(*number);
	reader->left -= sizeof(*number);
	return true;
}

/* A count of things that take at least so many bytes each. */
static bool
take_count(gd_ewkb *reader, size_t bytes_each, size_t *count)
{
	uint32_t	number;

	if (!take_number(reader, &number) || number > reader->left / bytes_each)
		return false;
	*count = number;
	return true;
}

static gd_ewkb_result
take_points(gd_ewkb *reader, size_t count, gd_ewkb_run *run)
{
	if (count > reader->left / reader->stride)
		return GD_EWKB_BAD;
	run->points = reader->at;
	run->count = count;
	run->stride = reader->stride;
	run->kind = (gd_ewkb_kind) reader->kind;
	reader->at += count * reader->stride;
	reader->left -= count * reader->stride;
	return GD_EWKB_RUN;
}

/* Byte order, type and SRID, of which the type is of interest. */
static bool
take_head(gd_ewkb *reader, uint32_t *type)
{
	const uint16_t one = 1;
	uint8_t		low_first;
	uint32_t	srid;

	memcpy(&low_first, &one, sizeof(low_first));
	if (reader->left < 1 || *reader->at != low_first)
		return false;
	reader->at++;
	reader->left--;
	if (!take_number(reader, type))
		return false;
	if ((*type & GD_EWKB_SRID) != 0 && !take_number(reader, &srid))
		return false;
	reader->stride = sizeof(double) *
		(size_t) (2 + ((*type & GD_EWKB_Z) != 0) + ((*type & GD_EWKB_M) != 0));
	*type &= ~(GD_EWKB_Z | GD_EWKB_M | GD_EWKB_SRID);
	return true;
}

static bool
take_members(gd_ewkb *reader)
{
	size_t		members;

	if (!take_count(reader, GEOMETRY_BYTES, &members))
		return false;
	reader->geometries += members;
	return true;
}

/* Begin a geometry that is no point: how many runs or members does it have? */
static bool
begin(gd_ewkb *reader, uint32_t type)
{
	switch (type)
	{
		case EWKB_LINE:
		case EWKB_CIRCULAR_STRING:
			reader->kind = type == EWKB_LINE ? GD_EWKB_LINE : GD_EWKB_ARCS;
			reader->runs = 1;
			return true;
		case EWKB_POLYGON:
		case EWKB_TRIANGLE:
			reader->kind = GD_EWKB_RING;
			return take_count(reader, RUN_BYTES, &reader->runs);
		case EWKB_MULTI_POINT:
		case EWKB_MULTI_LINE:
		case EWKB_MULTI_POLYGON:
		case EWKB_COLLECTION:
		case EWKB_COMPOUND_CURVE:
		case EWKB_CURVE_POLYGON:
		case EWKB_MULTI_CURVE:
		case EWKB_MULTI_SURFACE:
		case EWKB_POLYHEDRAL_SURFACE:
		case EWKB_TIN:
			return take_members(reader);
		default:
			return false;
	}
}

gd_ewkb
gd_ewkb_start(uint8_t *bytes, size_t size)
{
	return (gd_ewkb){
		.at = bytes, .left = size, .geometries = 1};
}

gd_ewkb_result
gd_ewkb_next(gd_ewkb *reader, gd_ewkb_run *run)
{
	uint32_t	type;
	size_t		count;

	while (reader->runs > 0 || reader->geometries > 0)
	{
		if (reader->runs > 0)
		{
			reader->runs--;
			return take_count(reader, reader->stride, &count) ?
				take_points(reader, count, run) : GD_EWKB_BAD;
		}
		reader->geometries--;
		if (!take_head(reader, &type))
			return GD_EWKB_BAD;
		if (type == EWKB_POINT)
		{
			reader->kind = GD_EWKB_POINT;
			return take_points(reader, 1, run);
		}
		if (!begin(reader, type))
			return GD_EWKB_BAD;
	}
	return reader->left == 0 ? GD_EWKB_END : GD_EWKB_BAD;
}

bool
gd_ewkb_run_is_whole(const gd_ewkb_run *run)
{
	if (run->count == 0)
		return true;
	switch (run->kind)
	{
		case GD_EWKB_POINT:
			break;
		case GD_EWKB_LINE:
			return run->count >= 2;
		case GD_EWKB_ARCS:
			return run->count >= 3 && run->count % 2 == 1;
		case GD_EWKB_RING:
			return run->count >= 4 &&
				memcmp(run->points,
					   run->points + (run->count - 1) * run->stride,
					   run->stride) == 0;
	}
	return true;
}

int32_t
gd_ewkb_srid(const uint8_t *bytes)
{
	uint32_t	type;
	int32_t		srid = 0;

	memcpy(&type, bytes + GD_EWKB_TYPE_AT, sizeof(type));
	if ((type & GD_EWKB_SRID) != 0)
		memcpy(&srid, bytes + GD_EWKB_SRID_AT, sizeof(srid));
	return srid;
}
