/*
 * verify_part.h
 *	  The rows of one partition against the parts that were sealed of it.
 */
#ifndef FIREIOT_VERIFY_PART_H
#define FIREIOT_VERIFY_PART_H

#include "base/compat.h"

#include "ledger/chain.h"
#include "ledger/leaf_list.h"
#include "ledger/verify.h"

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
	bool		has_rest;		/* rows of no block, too */
	const chain_snapshot *head; /* what it does not see is not sealed yet */
	finding_function report;
	void	   *arg;
} verify_part_job;

/* SPI is connected; what is allocated lies in the current memory context. */
extern void verify_part(const verify_part_job *job);

/* The relation's columns, those of the leaves. */
extern leaf_schema *present_columns(Oid relation);

/* What is kept of the leaves of a part; NULL: it was altered. */
extern leaf_list *sealed_leaves(const chain_part *part);

#endif							/* FIREIOT_VERIFY_PART_H */
