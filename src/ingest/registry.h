/*
 * registry.h
 *	  What the database says of devices: who they are, what they said last.
 */
#ifndef FIREIOT_REGISTRY_H
#define FIREIOT_REGISTRY_H

#include "base/compat.h"

#include "ingest/catalog.h"
#include "ingest/session.h"

/*
 * Look up the devices of sessions that are not looked up, or were before the
 * registry changed: device, profile, admission.  A device that is not
 * registered is put on the list for approval where fireiot.admission says so.
 * Inside a transaction.
 */
extern void registry_resolve(session_table *table, session **sessions,
							 int count, const catalog_ids *ids,
							 const gb_profile *profile);

/*
 * Fill `seen` of sessions that are not read_back from the last frames of their
 * devices.  Inside a transaction; sees what is committed by now.
 */
extern void registry_read_back(session_table *table, session **sessions,
							   int count, const catalog_ids *ids);

/* Call fireiot.make_partitions().  Inside a transaction. */
extern void registry_make_partitions(void);

/* Plans and types may be other ones now. */
extern void registry_forget_plans(void);

#endif							/* FIREIOT_REGISTRY_H */
