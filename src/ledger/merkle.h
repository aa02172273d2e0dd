/*
 * merkle.h
 *	  The Merkle tree of RFC 6962, section 2.1: its root, built leaf by leaf,
 *	  and audit paths.
 *
 * Leaves are given as their hashes: H(0x00 | what the leaf is).  A node is
 * H(0x01 | left | right); the left side of n leaves is the largest power of
 * two below n.  libc and OpenSSL only; no allocation.
 */
#ifndef FIREIOT_MERKLE_H
#define FIREIOT_MERKLE_H

#include "ledger/digest.h"

#define MERKLE_LEAF 0x00
#define MERKLE_NODE 0x01
#define MERKLE_LEVELS 64

typedef struct merkle_tree
{
	digest	   *digest;
	uint64_t	size;
	uint8_t		roots[MERKLE_LEVELS][HASH_SIZE];	/* of complete subtrees,
													 * largest first: one for
													 * each bit of size */
	int			count;
} merkle_tree;

/* Of a node from its children. */
extern bool merkle_join(digest *d, const uint8_t left[HASH_SIZE],
						const uint8_t right[HASH_SIZE],
						uint8_t node[HASH_SIZE]);

extern void merkle_start(merkle_tree *tree, digest *d);

/* False: OpenSSL failed. */
extern bool merkle_add(merkle_tree *tree, const uint8_t leaf[HASH_SIZE]);

/* Of the leaves so far; of none H(""). */
extern bool merkle_root(const merkle_tree *tree, uint8_t root[HASH_SIZE]);

/* Hash number n of a list, in place. */
typedef const uint8_t *(*merkle_leaf) (void *list, uint64_t n);

/*
 * The audit path of leaf n of size, the lowest first.  Returns its length, at
 * most MERKLE_LEVELS; -1: OpenSSL failed.  Hashes every leaf once.
 */
extern int	merkle_path(digest *d, merkle_leaf get, void *list, uint64_t n,
						uint64_t size, uint8_t path[MERKLE_LEVELS][HASH_SIZE]);

/* The root to which an audit path leads; false: it is no path of n in size. */
extern bool merkle_climb(digest *d, const uint8_t leaf[HASH_SIZE], uint64_t n,
						 uint64_t size, const uint8_t (*path)[HASH_SIZE],
						 int length, uint8_t root[HASH_SIZE]);

#endif							/* FIREIOT_MERKLE_H */
