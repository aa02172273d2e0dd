/*
 * records.h
 *	  Frames as rows of the record tables.
 *
 * Columns are filled by position; sql/once/41_records.sql has them.
 */
#ifndef FIREIOT_RECORDS_H
#define FIREIOT_RECORDS_H

#include "base/compat.h"

#include "ingest/batch.h"

/* Writers of a transaction, and what they have written. */
typedef struct records records;

extern records *records_begin(batch *b);

/*
 * Write what was judged about a frame: a row of frame with its observations
 * and candidates for part_now, a row of quarantine, or nothing.
 */
extern void records_put(records *r, batch_frame *f);

/* Write what is gathered. */
extern void records_end(records *r);

#endif							/* FIREIOT_RECORDS_H */
