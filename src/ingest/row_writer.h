/*
 * row_writer.h
 *	  Rows into a table partitioned by received_at, many at a time.
 *
 * What COPY does behind its parser, without the parser: rows are slots that
 * the caller fills, gathered for one partition and handed to the table's
 * access method together, with constraints, index entries and row triggers.
 * The partition is found once for rows of the same one.
 */
#ifndef FIREIOT_ROW_WRITER_H
#define FIREIOT_ROW_WRITER_H

#include "base/compat.h"

#include "datatype/timestamp.h"
#include "executor/tuptable.h"

typedef struct row_writer row_writer;

/*
 * Begin writing.  Inside a transaction with an active snapshot; columns is
 * how many columns the caller fills, the first ones; others become null.  Lives
 * in the current memory context.
 */
extern row_writer *row_writer_begin(Oid table, int columns);

/*
 * A slot for a row of this time: values at slot->tts_values and tts_isnull,
 * which is true everywhere.  Valid until row_writer_put().  Raises
 * OBJECT_NOT_IN_PREREQUISITE_STATE when there is no partition.
 */
extern TupleTableSlot *row_writer_slot(row_writer *writer,
									   TimestampTz received_at);

/* The slot is filled. */
extern void row_writer_put(row_writer *writer);

/* Write what is gathered and close the tables (locks stay). */
extern void row_writer_end(row_writer *writer);

#endif							/* FIREIOT_ROW_WRITER_H */
