/*
 * now_tables.h
 *	  part_now and device_now: what is so at present.
 */
#ifndef FIREIOT_NOW_TABLES_H
#define FIREIOT_NOW_TABLES_H

#include "base/compat.h"

#include "ingest/catalog.h"
#include "ingest/part_changes.h"
#include "ingest/session.h"

/*
 * Write the candidates of a batch to part_now, few statements for all; returns
 * how many rows did change.  Inside a transaction.
 */
extern uint64 part_now_write(part_cache *parts, const catalog_ids *ids);

/*
 * Write what sessions have gathered for device_now, in the order of devices.
 * Inside a transaction.  online is told by each session's route.
 */
extern void device_now_write(session **sessions, int count,
							 const catalog_ids *ids);

/* That is committed: they gather anew. */
extern void device_now_written(session **sessions, int count);

extern void now_tables_forget_plans(void);

#endif							/* FIREIOT_NOW_TABLES_H */
