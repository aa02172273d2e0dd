/*
 * profile_sql.c
 *	  fireiot.profiles: the dialects that the codec knows.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "codec/profile.h"

PG_FUNCTION_INFO_V1(fireiot_profiles);
Datum
fireiot_profiles(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const gb_profile *profile;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; (profile = gb_profile_at(i)) != NULL; i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false};

		values[0] = CStringGetTextDatum(profile->name);
		values[1] = CStringGetTextDatum(profile->title[GB_ZH]);
		values[2] = CStringGetTextDatum(profile->title[GB_EN]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
