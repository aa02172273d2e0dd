/*
 * store.h
 *	  A batch into the tables: the one door to the record tables.
 *
 * Who sent the frames is looked up, each is judged, rows are written, part_now
 * follows, all in one transaction.  Only when that is durable may the answers
 * (batch_frame.answer) leave.  Listener and fireiot.ingest() use it alike.
 */
#ifndef FIREIOT_STORE_H
#define FIREIOT_STORE_H

#include "base/compat.h"

#include "ingest/batch.h"

/*
 * Store what is gathered, inside a transaction.  Raises what PostgreSQL
 * raises; then the transaction must be rolled back and store_retry() called
 * before the next attempt.  With b->careful, an error that a frame is the
 * cause of does not get here: that frame is quarantined.
 */
extern void store_batch(batch *b);

/* The transaction is durable: count. */
extern void store_committed(batch *b);

/* It was rolled back: forget what depended on it. */
extern void store_retry(batch *b);

/*
 * Is an error of this SQLSTATE, which store_batch() has just raised, one of the
 * moment, not of a frame?
 */
extern bool store_error_is_transient(const batch *b, int sqlstate);

#endif							/* FIREIOT_STORE_H */
