/*
 * fresh.h
 *	  Where rows lie that no block may have yet: what the access method stores is
 *	  noted in shared memory, so that sealing looks there and nowhere else.
 *
 * What is noted can only be too much.  A relation that is not known, since the
 * server has started, was promoted or has forgotten it, is looked through as a
 * whole, and is known from then on: as soon as all transactions have ended that
 * could have written before.  Prepared ones outlive a restart, so that this is
 * asked of transactions, not of sessions.
 */
#ifndef FIREIOT_FRESH_H
#define FIREIOT_FRESH_H

#include "base/compat.h"

#include "access/transam.h"
#include "executor/tuptable.h"
#include "storage/block.h"
#include "utils/relcache.h"

#include "ledger/chain.h"

/* Ask for the memory; called once, from _PG_init, when preloading. */
extern void fresh_request(void);

/* Pages that this transaction has written last in a relation; none at first. */
typedef struct fresh_written
{
	FullTransactionId tx;
	BlockNumber first;
	BlockNumber last;
} fresh_written;

/*
 * Rows were stored in a relation; written is kept with it, and saves noting a
 * page twice.
 */
extern void fresh_note(Relation relation, TupleTableSlot **slots, int count,
					   FullTransactionId tx, fresh_written *written);

typedef enum fresh_state
{
	FRESH_NONE,					/* all rows are sealed */
	FRESH_PAGES,				/* rows that are not lie between two pages */
	FRESH_UNKNOWN				/* they may lie anywhere */
} fresh_state;

/*
 * Where rows lie that a snapshot, which is active, shows and no block has.  What
 * has been looked at is forgotten when the transaction commits; the caller keeps
 * other sealers of the database away until then.
 */
extern fresh_state fresh_look(Relation relation,
							  const chain_snapshot *snapshot,
							  BlockNumber *first, BlockNumber *last);

#endif							/* FIREIOT_FRESH_H */
