/*
 * compat.h
 *	  Differences between PostgreSQL 15, 16, 17 and 18.
 *
 * The only file that may look at PG_VERSION_NUM.  Each wrapper carries the
 * name of the newest form and says which major brought it.
 */
#ifndef FIREIOT_COMPAT_H
#define FIREIOT_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "fireiot supports PostgreSQL 15, 16, 17 and 18"
#endif

/*
 * Soft input errors (16): an input function given an ErrorSaveContext reports
 * there and returns.  Before 16 every bad input is an ERROR.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* Variable-length values have a header of their own (16). */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* "Does not return" stands first in a declaration (18). */
#if PG_VERSION_NUM < 180000
#define pg_noreturn _Noreturn
#endif

/* Name and version of the module in its magic block (18). */
#if PG_VERSION_NUM >= 180000
#define FIREIOT_MODULE_MAGIC(version_text) \
	PG_MODULE_MAGIC_EXT(.name = "fireiot", .version = version_text)
#else
#define FIREIOT_MODULE_MAGIC(version_text) PG_MODULE_MAGIC
#endif

#endif							/* FIREIOT_COMPAT_H */
