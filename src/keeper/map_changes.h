/*
 * map_changes.h
 *	  Tells maps which layers have changed.
 */
#ifndef FIREIOT_MAP_CHANGES_H
#define FIREIOT_MAP_CHANGES_H

#include "base/compat.h"

/*
 * Announce the layers that have changed since the last time, if that was a
 * second ago; outside of a transaction, in a database that has the extension.
 * An error is the caller's to forgive: what was not announced is, next time.
 */
extern void map_changes_turn(void);

#endif							/* FIREIOT_MAP_CHANGES_H */
