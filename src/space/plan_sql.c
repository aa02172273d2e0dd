/*
 * plan_sql.c
 *	  fireiot.plan_affine: how the pixels of a floor plan lie in the world.
 */
#include "base/compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "geodesy/plan.h"
#include "space/system_name.h"

#define NUMBERS_A_CONTROL 4
#define MOST_CONTROLS 1000
#define TERMS 6

static void
check_array(ArrayType *array)
{
	if (ARR_NDIM(array) == 2 && ARR_DIMS(array)[1] == NUMBERS_A_CONTROL
		&& ARR_DIMS(array)[0] <= MOST_CONTROLS && !array_contains_nulls(array))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("control points of a plan are not four numbers each"),
			 errdetail("Each is {pixel x, pixel y, longitude, latitude}, without nulls, and there are no more than %d.",
					   MOST_CONTROLS),
			 errhint("Write two of them as '{{0,0,120.15,30.28},{1000,800,120.16,30.27}}'.")));
}

static gd_control
get_control(const float8 *numbers, gd_system system)
{
	gd_control	control = {numbers[0], numbers[1], {numbers[2], numbers[3]}};

	if (!isfinite(control.x) || !isfinite(control.y)
		|| !(fabs(control.place.lon) <= 180) || !(fabs(control.place.lat) <= 90))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("control point {%g,%g,%g,%g} is no pixel and place on earth",
						numbers[0], numbers[1], numbers[2], numbers[3]),
				 errdetail("Longitudes go from -180 to 180 degrees, latitudes from -90 to 90."),
				 errhint("The order is pixel x, pixel y, longitude, latitude.")));
	gd_to_wgs84(&control.place, 1, system);
	return control;
}

static Datum
make_array(const gd_affine *affine)
{
	Datum		terms[TERMS];

	for (int i = 0; i < TERMS; i++)
		terms[i] = Float8GetDatum(affine->terms[i]);
	return PointerGetDatum(construct_array(terms, TERMS, FLOAT8OID,
										   sizeof(float8), FLOAT8PASSBYVAL,
										   TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(fireiot_plan_affine);
Datum
fireiot_plan_affine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	gd_system	system = system_from_name(PG_GETARG_TEXT_PP(1));
	const float8 *numbers = (const float8 *) ARR_DATA_PTR(array);
	gd_control *controls;
	gd_affine	affine;
	int			count;

	check_array(array);
	count = ARR_DIMS(array)[0];
	controls = palloc(sizeof(gd_control) * (Size) count);
	for (int i = 0; i < count; i++)
		controls[i] = get_control(numbers + i * NUMBERS_A_CONTROL, system);
	if (!gd_plan_fit(controls, (size_t) count, &affine))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d control points do not say how a plan lies", count),
				 errdetail("Two are needed at different pixels, or three and more that are not in one line."),
				 errhint("Take corners of the building that are far from each other.")));
	PG_RETURN_DATUM(make_array(&affine));
}
