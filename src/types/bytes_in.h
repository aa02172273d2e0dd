/*
 * bytes_in.h
 *	  The bytes and the profile that an SQL caller gave.
 */
#ifndef FIREIOT_BYTES_IN_H
#define FIREIOT_BYTES_IN_H

#include "base/compat.h"

#include "fmgr.h"

#include "codec/profile.h"

typedef struct bytes_in
{
	const uint8 *bytes;
	size_t		len;
	const gb_profile *profile;	/* NULL: the plain standard */
} bytes_in;

/*
 * Arguments by position: bytea, not null, and the profile's name or null.
 * Bytes that the profile says to be hexadecimal text come as what the text
 * means; what is no such text stays as sent.  Raises for an unknown profile
 * only.  The bytes live as long as the arguments or the current context.
 */
extern bytes_in bytes_in_get(FunctionCallInfo fcinfo, int bytes_arg,
							 int profile_arg);

#endif							/* FIREIOT_BYTES_IN_H */
