/*
 * table_am.h
 *	  The table access method fireiot_ledger: a heap whose rows are added and
 *	  never changed.
 */
#ifndef FIREIOT_TABLE_AM_H
#define FIREIOT_TABLE_AM_H

#include "base/compat.h"

#include "access/tableam.h"

/* Rows of the relation are kept by the access method. */
extern bool is_ledger_storage(Relation relation);

/* Called once, from _PG_init, when preloading. */
extern void ledger_preloaded(void);

/* Callbacks that read the whole table, for indexes; index_scans.c. */
extern double ledger_index_build_range_scan(Relation table, Relation index,
											IndexInfo *info, bool allow_sync,
											bool any_visible, bool progress,
											BlockNumber start,
											BlockNumber blocks,
											IndexBuildCallback callback,
											void *callback_state,
											TableScanDesc scan);
extern void ledger_index_validate_scan(Relation table, Relation index,
									   IndexInfo *info, Snapshot snapshot,
									   struct ValidateIndexState *state);

#endif							/* FIREIOT_TABLE_AM_H */
