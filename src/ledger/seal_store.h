/*
 * seal_store.h
 *	  What sealing writes: rows of the chain's tables.  SPI is connected.
 */
#ifndef FIREIOT_SEAL_STORE_H
#define FIREIOT_SEAL_STORE_H

#include "ledger/chain.h"

/* Another version of a table's schema; seen by what is read behind it. */
extern void store_schema(const pg_uuid_t *table, const leaf_schema *schema);

/* index is what leaf_list_index made of the part's leaves. */
extern void store_part(const chain_part *part, const bytea *index);

/* The incarnation that the block begins. */
extern void store_incarnation(const chain_block *block);

/* The block, and the subtrees of the tree over all blocks that it completes. */
extern void store_block(digest *d, const chain_block *block);

#endif							/* FIREIOT_SEAL_STORE_H */
