/*
 * catalog.h
 *	  The objects of the extension that the way of a frame needs.
 */
#ifndef FIREIOT_CATALOG_H
#define FIREIOT_CATALOG_H

#include "base/compat.h"

typedef struct catalog_ids
{
	Oid			frame;
	Oid			observation;
	Oid			quarantine;
	Oid			part_now;
	Oid			frame_id;		/* sequences */
	Oid			observation_id;
	Oid			quarantine_id;
	Oid			device_addr;	/* types */
	Oid			part_addr;
	Oid			alarm_state;
} catalog_ids;

/*
 * Look all of them up.  Inside a transaction; raises UNDEFINED_OBJECT when
 * one is not there.
 */
extern void catalog_look_up(catalog_ids *ids);

typedef enum extension_state
{
	EXTENSION_ABSENT,
	EXTENSION_OTHER_VERSION,
	EXTENSION_READY
} extension_state;

/*
 * Is the extension of this library's version in the database?  Inside a
 * transaction; *version is palloc'd, NULL when absent.
 */
extern extension_state catalog_extension(char **version);

#endif							/* FIREIOT_CATALOG_H */
