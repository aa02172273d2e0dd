/*
 * report.h
 *	  Results of the codec as PostgreSQL errors, and SQLSTATEs of fireiot.
 */
#ifndef FIREIOT_REPORT_H
#define FIREIOT_REPORT_H

#include "base/compat.h"

#include "codec/profile.h"

/*
 * The profile of this name; NULL for a NULL name.  Raises
 * ERRCODE_INVALID_PARAMETER_VALUE for a name that is none.
 */
extern const gb_profile *profile_from_text(const text *name);

#endif							/* FIREIOT_REPORT_H */
