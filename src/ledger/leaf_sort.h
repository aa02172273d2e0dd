/*
 * leaf_sort.h
 *	  The leaves of one relation in a block, however many they are: gathered in
 *	  any order, given back in that of (id, hash) and in pieces.
 *
 * Takes up to twice maintenance_work_mem: a list, and the sort on disk of what
 * does not fit there.
 */
#ifndef FIREIOT_LEAF_SORT_H
#define FIREIOT_LEAF_SORT_H

#include "ledger/leaf_list.h"

typedef struct leaf_sort leaf_sort;

/* In the current memory context; grows there, whatever the current one is. */
extern leaf_sort *leaf_sort_make(void);

/* The caller sets the hash before it adds another. */
extern leaf_entry *leaf_sort_add(leaf_sort *sort, int64 id, BlockNumber page);

/*
 * The next leaves, most of them; more only to keep those of one id together.
 * NULL: there are none left.  They are valid until the next call; nothing is
 * added behind the first.
 */
extern leaf_list *leaf_sort_next(leaf_sort *sort, int64 most);

extern void leaf_sort_free(leaf_sort *sort);

#endif							/* FIREIOT_LEAF_SORT_H */
