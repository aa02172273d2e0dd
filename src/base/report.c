/*
 * report.c
 *	  Results of the codec as PostgreSQL errors.
 */
#include "base/report.h"

#include "utils/builtins.h"

const gb_profile *
profile_from_text(const text *name)
{
	const gb_profile *profile;
	char	   *key;

	if (name == NULL)
		return NULL;
	key = text_to_cstring(name);
	profile = gb_profile_find(key);
	if (profile == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("profile \"%s\" does not exist", key),
				 errhint("SELECT * FROM fireiot.profiles() lists the profiles; NULL is the plain standard.")));
	pfree(key);
	return profile;
}
