/*
 * part_rows.h
 *	  Rows of part_now changed in place, without a plan.
 *
 * What the executor does for an UPDATE of one row by its key, without making
 * ready for any other statement: a batch has few changes, and to start a plan
 * for them costs more than the changes.
 */
#ifndef FIREIOT_PART_ROWS_H
#define FIREIOT_PART_ROWS_H

#include "base/compat.h"

#include "ingest/part_changes.h"

typedef struct part_rows part_rows;

/*
 * Begin changing rows of part_now, in a transaction and below an active
 * snapshot.  NULL: somebody has given the table what only the executor knows
 * how to respect, such as triggers, rules or row security.
 */
extern part_rows *part_rows_begin(Oid part_now);

/*
 * Change the row of this key; change->at, where it may be, becomes where it
 * is.  false: there is none, or another transaction has changed it since the
 * snapshot was taken.
 */
extern bool part_rows_update(part_rows *rows, part_change *change);

extern void part_rows_end(part_rows *rows);

#endif							/* FIREIOT_PART_ROWS_H */
