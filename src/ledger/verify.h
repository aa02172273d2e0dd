/*
 * verify.h
 *	  fireiot.verify_ledger(): what its pieces share.
 */
#ifndef FIREIOT_VERIFY_H
#define FIREIOT_VERIFY_H

#include "base/compat.h"

#include "ledger/chain.h"
#include "ledger/merkle.h"

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

/*
 * A verification of blocks from..to.  What it finds is what a verification of
 * all blocks finds in these, so that ranges find together what the whole finds.
 * Rows that are of no block are found by the range that has the partition's
 * first block; of a partition that has none, by that which has the last block.
 */
typedef struct verifier
{
	ReturnSetInfo *result;
	MemoryContext context;		/* of the call */
	digest	   *digest;
	int64		from;
	int64		to;

	/* set by verify_chain() */
	int64		blocks;
	chain_block head;
	List	   *incarnations;	/* of chain_block: the first of each */
	int64		first_block;	/* of this database's incarnation; behind the
								 * last one in a copy that has sealed nothing */
	merkle_tree tree;
	List	   *schemas;
} verifier;

extern void put_finding(verifier *v, const finding *found);

/* Headers of all blocks; parts and nodes of those that are asked for. */
extern void verify_chain(verifier *v);

static inline bool
is_asked_for(const verifier *v, int64 block)
{
	return block >= v->from && block <= v->to;
}

/* Once the chain was read. */
static inline bool
has_tail(const verifier *v)
{
	return is_asked_for(v, v->blocks - 1);
}

#endif							/* FIREIOT_VERIFY_H */
