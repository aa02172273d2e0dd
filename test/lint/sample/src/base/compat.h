/*
 * compat.h
 *	  The one place that may look at PG_VERSION_NUM.
 */
#ifndef FIREIOT_COMPAT_H
#define FIREIOT_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

#endif							/* FIREIOT_COMPAT_H */
