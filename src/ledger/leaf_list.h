/*
 * leaf_list.h
 *	  The leaves of one part of a block: gathered in any order, read in the
 *	  order of (id, hash).
 */
#ifndef FIREIOT_LEAF_LIST_H
#define FIREIOT_LEAF_LIST_H

#include "base/compat.h"

#include "lib/stringinfo.h"
#include "storage/block.h"

#include "ledger/digest.h"

typedef struct leaf_entry
{
	int64		id;
	uint8		hash[HASH_SIZE];
	BlockNumber page;			/* on which the row lies; set by leaf_sort */
} leaf_entry;

typedef struct leaf_list
{
	leaf_entry *entries;
	int64		count;
	int64		room;
	bool		is_sorted;
} leaf_list;

/* In the current memory context; grows there. */
extern leaf_list *leaf_list_make(void);
extern leaf_entry *leaf_list_add(leaf_list *list, int64 id);
extern void leaf_list_free(leaf_list *list);
extern void leaf_list_sort(leaf_list *list);

/* RFC 6962 root of the leaves; sorts. */
extern void leaf_list_root(leaf_list *list, digest *d, uint8 root[HASH_SIZE]);

/*
 * What is kept of each leaf: its id, and the first bytes of its hash.  Names the
 * row when a root differs.
 */
#define LEAF_MARK 4

extern bytea *leaf_list_index(leaf_list *list);

/* The marks that leaf_list_index kept; NULL when they cannot be read. */
extern leaf_list *leaf_list_read_index(const bytea *index);

#endif							/* FIREIOT_LEAF_LIST_H */
