/*
 * part_scan.h
 *	  The rows of one relation as the active snapshot shows them, straight into
 *	  a function.
 */
#ifndef FIREIOT_PART_SCAN_H
#define FIREIOT_PART_SCAN_H

#include "base/compat.h"

#include "storage/block.h"

#include "ledger/leaf.h"

typedef struct scanned_row
{
	int64		id;				/* 0 in a table without bigint id */
	bool		has_tx;
	uint64		tx;
	BlockNumber page;
	Datum	   *values;			/* of the schema's columns, in order */
	bool	   *nulls;
} scanned_row;

/* Called in a memory context that is reset behind each row. */
typedef void (*scanned_row_function) (void *arg, const scanned_row *row);

/* All pages of a relation. */
#define LAST_PAGE MaxBlockNumber

/*
 * The rows of some pages, in the order in which they lie.  ERROR when the table
 * does not have the schema's columns.
 */
extern void scan_pages(Oid relation, const leaf_schema *schema,
					   BlockNumber first, BlockNumber last,
					   scanned_row_function function, void *arg);

/*
 * The rows of a relation, given by its quoted name, that meet a condition, by
 * whatever index helps.  SPI is connected.
 */
extern void scan_where(const char *relation, const leaf_schema *schema,
					   const char *condition, scanned_row_function function,
					   void *arg);

#endif							/* FIREIOT_PART_SCAN_H */
