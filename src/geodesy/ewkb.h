/*
 * ewkb.h
 *	  The points of a geometry in EWKB, the binary form of PostGIS, run by
 *	  run, so that they can be changed in place.
 *
 * All types that PostGIS has: points, lines, polygons, collections, curves,
 * triangles, TIN, polyhedral surfaces, empty ones.  A geometry is read from
 * front to back, without recursion and whatever its depth; what is in
 * another byte order than this machine's is refused.
 */
#ifndef GD_EWKB_H
#define GD_EWKB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks in the type of a geometry. */
#define GD_EWKB_Z UINT32_C(0x80000000)
#define GD_EWKB_M UINT32_C(0x40000000)
#define GD_EWKB_SRID UINT32_C(0x20000000)

/* Byte order, then the type, then the SRID if it is marked. */
#define GD_EWKB_TYPE_AT 1
#define GD_EWKB_SRID_AT 5

typedef struct gd_ewkb
{
	uint8_t    *at;
	size_t		left;
	size_t		geometries;		/* that have not begun */
	size_t		runs;			/* still to come of the one begun */
	int			kind;			/* a gd_ewkb_kind: of these runs */
	size_t		stride;			/* bytes a point of it */
} gd_ewkb;

typedef enum gd_ewkb_kind
{
	GD_EWKB_POINT,				/* x and y no numbers: an empty one */
	GD_EWKB_LINE,
	GD_EWKB_ARCS,
	GD_EWKB_RING
} gd_ewkb_kind;

/* Points one behind the other: x, y, then z and m if there are any. */
typedef struct gd_ewkb_run
{
	uint8_t    *points;
	size_t		count;
	size_t		stride;
	gd_ewkb_kind kind;
} gd_ewkb_run;

typedef enum gd_ewkb_result
{
	GD_EWKB_RUN,
	GD_EWKB_END,				/* after the last byte */
	GD_EWKB_BAD					/* no such geometry */
} gd_ewkb_result;

extern gd_ewkb gd_ewkb_start(uint8_t *bytes, size_t size);
extern gd_ewkb_result gd_ewkb_next(gd_ewkb *reader, gd_ewkb_run *run);

/*
 * Has the run enough points for what it is, and is a ring closed?  PostGIS
 * computes geometries for which this is not so, and refuses to read them.
 */
extern bool gd_ewkb_run_is_whole(const gd_ewkb_run *run);

/* SRID of a geometry with at least nine bytes; 0 if it has none. */
extern int32_t gd_ewkb_srid(const uint8_t *bytes);

#endif							/* GD_EWKB_H */
