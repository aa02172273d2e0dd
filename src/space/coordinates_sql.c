/*
 * coordinates_sql.c
 *	  fireiot.to_wgs84 and fireiot.from_wgs84.
 *
 * PostGIS is not linked: a geometry is turned into EWKB by the send function
 * of its type, its points are changed there in place, and the receive function
 * makes a geometry of it again.  They are found by the type of the argument,
 * in whatever schema PostGIS is.  What receive refuses though PostGIS can make
 * it, such as a line of one point, the input function takes as hexadecimal
 * digits: that is how pg_dump restores it.
 *
 * GCJ-02 and BD-09 have no EPSG number and are SRID 0 here: what says 4326 is
 * WGS84.  That both functions check it also stops a second conversion.
 */
#include "base/compat.h"

#include <math.h>

#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "geodesy/ewkb.h"
#include "geodesy/system.h"
#include "space/system_name.h"

#define SRID_NONE 0
#define SRID_WGS84 4326
#define SRID_CGCS2000 4490

/* Between two looks whether the query was cancelled. */
#define PLACES_AT_ONCE 256

/* The least that PostGIS sends: byte order, type, a count or a point. */
#define LEAST_BYTES 9

/* How the argument's type is sent and received; in fn_extra. */
typedef struct geometry_io
{
	FmgrInfo	send;
	FmgrInfo	receive;
	FmgrInfo	input;
	Oid			param;
} geometry_io;

typedef void (*move_function) (gd_place *places, size_t count, gd_system system);

static geometry_io *
geometry_io_make(FmgrInfo *flinfo)
{
	geometry_io *io = MemoryContextAlloc(flinfo->fn_mcxt, sizeof(geometry_io));
	HeapTuple	self = SearchSysCache1(PROCOID, ObjectIdGetDatum(flinfo->fn_oid));
	Oid			geometry;
	Oid			function;
	bool		is_varlena;

	if (!HeapTupleIsValid(self))
		elog(ERROR, "cache lookup failed for function %u", flinfo->fn_oid);
	geometry = ((Form_pg_proc) GETSTRUCT(self))->proargtypes.values[0];
	ReleaseSysCache(self);

	getTypeBinaryOutputInfo(geometry, &function, &is_varlena);
	fmgr_info_cxt(function, &io->send, flinfo->fn_mcxt);
	getTypeBinaryInputInfo(geometry, &function, &io->param);
	fmgr_info_cxt(function, &io->receive, flinfo->fn_mcxt);
	getTypeInputInfo(geometry, &function, &io->param);
	fmgr_info_cxt(function, &io->input, flinfo->fn_mcxt);
	return io;
}

static geometry_io *
geometry_io_get(FmgrInfo *flinfo)
{
	if (flinfo->fn_extra == NULL)
		flinfo->fn_extra = geometry_io_make(flinfo);
	return flinfo->fn_extra;
}

/* What a geometry in the system carries, besides 0 for "not said". */
static int32
srid_of(gd_system system)
{
	switch (system)
	{
		case GD_WGS84:
			return SRID_WGS84;
		case GD_CGCS2000:
			return SRID_CGCS2000;
		case GD_GCJ02:
		case GD_BD09:
			break;
	}
	return SRID_NONE;
}

static void
check_source(int32 srid, gd_system source)
{
	const char *title = gd_system_title(source);

	if (srid == SRID_NONE || srid == srid_of(source))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a geometry with SRID %d is not in %s", srid, title),
			 srid_of(source) == SRID_NONE ?
			 errdetail("%s has no SRID: such geometries are SRID 0.", title) :
			 errdetail("Geometries in %s are SRID %d, or 0 where it is not said.",
					   title, srid_of(source)),
			 srid == SRID_WGS84 ?
			 errhint("If its coordinates are %s, give it SRID 0: ST_SetSRID(geometry, 0). If they are WGS84, there is nothing to convert.",
					 title) :
			 errhint("If its coordinates are %s, give it SRID 0: ST_SetSRID(geometry, 0). Otherwise ST_Transform(geometry, 4326) converts it.",
					 title)));
}

static void
check_wgs84(int32 srid)
{
	if (srid == SRID_WGS84)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a geometry with SRID %d is not in WGS84", srid),
			 errdetail("Geometries in WGS84 are SRID 4326."),
			 srid == SRID_NONE ?
			 errhint("If its coordinates are WGS84, say so: ST_SetSRID(geometry, 4326). From GCJ-02 and BD-09, fireiot.to_wgs84(geometry, system) converts it.") :
			 errhint("ST_Transform(geometry, 4326) converts it.")));
}

static void
check_place(gd_place place)
{
	if (fabs(place.lon) <= 180 && fabs(place.lat) <= 90)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("longitude %g, latitude %g is no place on earth",
					place.lon, place.lat),
			 errdetail("Longitudes, which are x, go from -180 to 180 degrees, latitudes from -90 to 90."),
			 fabs(place.lat) <= 180 && fabs(place.lon) <= 90 ?
			 errhint("If they are the wrong way round, ST_FlipCoordinates(geometry) swaps them.") :
			 !isfinite(place.lon) || !isfinite(place.lat) ? 0 :
			 errhint("If they are in metres or another unit, convert them to degrees first, as ST_Transform does.")));
}

static void
move_slice(uint8 *points, size_t count, size_t stride, move_function move,
		   gd_system system)
{
	gd_place	places[PLACES_AT_ONCE];

	for (size_t i = 0; i < count; i++)
	{
		memcpy(&places[i], points + i * stride, sizeof(gd_place));
		check_place(places[i]);
	}
	move(places, count, system);
	for (size_t i = 0; i < count; i++)
		memcpy(points + i * stride, &places[i], sizeof(gd_place));
}

static bool
is_empty(const gd_ewkb_run *run)
{
	gd_place	place;

	if (run->kind != GD_EWKB_POINT)
		return run->count == 0;
	memcpy(&place, run->points, sizeof(place));
	return isnan(place.lon) && isnan(place.lat);
}

static void
move_run(const gd_ewkb_run *run, move_function move, gd_system system)
{
	if (is_empty(run))
		return;
	for (size_t i = 0; i < run->count; i += PLACES_AT_ONCE)
	{
		CHECK_FOR_INTERRUPTS();
		move_slice(run->points + i * run->stride,
				   Min(run->count - i, PLACES_AT_ONCE), run->stride,
				   move, system);
	}
}

/* Says whether every line and ring is whole. */
static bool
move_geometry(bytea *wkb, move_function move, gd_system system)
{
	gd_ewkb		reader = gd_ewkb_start((uint8 *) VARDATA(wkb),
									   VARSIZE(wkb) - VARHDRSZ);
	gd_ewkb_result result;
	gd_ewkb_run run;
	bool		whole = true;

	while ((result = gd_ewkb_next(&reader, &run)) == GD_EWKB_RUN)
	{
		move_run(&run, move, system);
		whole = whole && gd_ewkb_run_is_whole(&run);
	}
	if (result == GD_EWKB_BAD)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a geometry has a part of a type that is not known"),
				 errdetail("Known are the types that PostGIS 3.3 has.")));
	return whole;
}

/*
 * Write an SRID into EWKB, and say where it begins and ends now.  If there was
 * none, head and type move into the four bytes in front, which only said how
 * long the value is.
 */
static StringInfoData
set_srid(bytea *wkb, int32 srid)
{
	char	   *start = VARDATA(wkb);
	char	   *end = start + (VARSIZE(wkb) - VARHDRSZ);
	uint32		type;

	memcpy(&type, start + GD_EWKB_TYPE_AT, sizeof(type));
	if ((type & GD_EWKB_SRID) == 0 && srid != SRID_NONE)
	{
		StaticAssertStmt(VARHDRSZ == sizeof(srid), "no room for an SRID");
		type |= GD_EWKB_SRID;
		memmove(start - sizeof(srid), start, GD_EWKB_TYPE_AT);
		start -= sizeof(srid);
		memcpy(start + GD_EWKB_TYPE_AT, &type, sizeof(type));
	}
	if ((type & GD_EWKB_SRID) != 0)
		memcpy(start + GD_EWKB_SRID_AT, &srid, sizeof(srid));
	return (StringInfoData){
		.data = start, .len = (int) (end - start), .maxlen = (int) (end - start)};
}

static Datum
make_geometry(geometry_io *io, StringInfo wkb, bool whole)
{
	char	   *digits;

	if (whole)
		return ReceiveFunctionCall(&io->receive, wkb, io->param, -1);
	digits = palloc((Size) wkb->len * 2 + 1);
	digits[hex_encode(wkb->data, wkb->len, digits)] = '\0';
	return InputFunctionCall(&io->input, digits, io->param, -1);
}

PG_FUNCTION_INFO_V1(fireiot_to_wgs84);
Datum
fireiot_to_wgs84(PG_FUNCTION_ARGS)
{
	geometry_io *io = geometry_io_get(fcinfo->flinfo);
	gd_system	source = system_from_name(PG_GETARG_TEXT_PP(1));
	bytea	   *wkb = SendFunctionCall(&io->send, PG_GETARG_DATUM(0));
	StringInfoData moved;
	bool		whole;

	Assert(VARSIZE(wkb) >= VARHDRSZ + LEAST_BYTES);
	check_source(gd_ewkb_srid((uint8 *) VARDATA(wkb)), source);
	whole = move_geometry(wkb, gd_to_wgs84, source);
	moved = set_srid(wkb, SRID_WGS84);
	PG_RETURN_DATUM(make_geometry(io, &moved, whole));
}

PG_FUNCTION_INFO_V1(fireiot_from_wgs84);
Datum
fireiot_from_wgs84(PG_FUNCTION_ARGS)
{
	geometry_io *io = geometry_io_get(fcinfo->flinfo);
	gd_system	target = system_from_name(PG_GETARG_TEXT_PP(1));
	bytea	   *wkb = SendFunctionCall(&io->send, PG_GETARG_DATUM(0));
	StringInfoData moved;
	bool		whole;

	Assert(VARSIZE(wkb) >= VARHDRSZ + LEAST_BYTES);
	check_wgs84(gd_ewkb_srid((uint8 *) VARDATA(wkb)));
	whole = move_geometry(wkb, gd_from_wgs84, target);
	moved = set_srid(wkb, srid_of(target));
	PG_RETURN_DATUM(make_geometry(io, &moved, whole));
}
