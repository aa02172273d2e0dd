/*
 * verify_part.h
 *	  The rows of one partition against the parts that were sealed of it.
 */
#ifndef FIREIOT_VERIFY_PART_H
#define FIREIOT_VERIFY_PART_H

#include "base/compat.h"

#include "ledger/chain.h"
#include "ledger/leaf_list.h"

#define NO_BLOCK (-1)

typedef struct finding
{
	const char *kind;
	const char *table;
	bool		has_row;
	int64		row;
	int64		block;			/* NO_BLOCK: none */
	const char *detail;
} finding;

typedef void (*finding_function) (void *arg, const finding *found);

typedef struct verify_part_job
{
	digest	   *digest;
	const char *partition;		/* quoted, of the relation */
	pg_uuid_t	table_id;
	Oid			relation;
	int64		first_block;	/* of the incarnation */
	int64		from;			/* blocks whose rows are read */
	int64		to;
	const chain_snapshot *head; /* what it does not see is not sealed yet */
	finding_function report;
	void	   *arg;
	int64		rows;			/* set: how many were compared */
} verify_part_job;

/* SPI is connected; what is allocated lies in the current memory context. */
extern void verify_part(verify_part_job *job);

#endif							/* FIREIOT_VERIFY_PART_H */
