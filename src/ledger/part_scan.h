/*
 * part_scan.h
 *	  The rows of one relation, by the executor, straight into a function.
 */
#ifndef FIREIOT_PART_SCAN_H
#define FIREIOT_PART_SCAN_H

#include "base/compat.h"

#include "ledger/leaf.h"

typedef struct scanned_row
{
	int64		id;				/* 0 in a table without bigint id */
	bool		has_tx;
	uint64		tx;
	Datum	   *values;			/* of the schema's columns, in order */
	bool	   *nulls;
} scanned_row;

/* Called in a memory context that is reset behind each row. */
typedef void (*scanned_row_function) (void *arg, const scanned_row *row);

/*
 * The rows of a relation, given by its quoted name, that meet a condition (NULL:
 * all), as the active snapshot shows them.  SPI is connected.
 */
extern void part_scan(const char *relation, const leaf_schema *schema,
					  const char *condition, scanned_row_function function,
					  void *arg);

#endif							/* FIREIOT_PART_SCAN_H */
