/*
 * merkle.c
 *	  The Merkle tree of RFC 6962: root and audit paths.
 */
#include "ledger/merkle.h"

#include <string.h>

bool
merkle_join(digest *d, const uint8_t left[HASH_SIZE],
			const uint8_t right[HASH_SIZE], uint8_t node[HASH_SIZE])
{
	uint8_t		bytes[1 + 2 * HASH_SIZE];

	bytes[0] = MERKLE_NODE;
	memcpy(bytes + 1, left, HASH_SIZE);
	memcpy(bytes + 1 + HASH_SIZE, right, HASH_SIZE);
	return digest_of(d, bytes, sizeof(bytes), node);
}

void
merkle_start(merkle_tree *tree, digest *d)
{
	tree->digest = d;
	tree->size = 0;
	tree->count = 0;
}

bool
merkle_add(merkle_tree *tree, const uint8_t leaf[HASH_SIZE])
{
	memcpy(tree->roots[tree->count++], leaf, HASH_SIZE);
	/* like the carry of an addition */
	for (uint64_t carry = tree->size; (carry & 1) != 0; carry >>= 1)
	{
		uint8_t    *left = tree->roots[tree->count - 2];

		if (!merkle_join(tree->digest, left, tree->roots[tree->count - 1],
						 left))
			return false;
		tree->count--;
	}
	tree->size++;
	return true;
}

bool
merkle_root(const merkle_tree *tree, uint8_t root[HASH_SIZE])
{
	if (tree->count == 0)
		return digest_of(tree->digest, "", 0, root);
	memcpy(root, tree->roots[tree->count - 1], HASH_SIZE);
	for (int i = tree->count - 2; i >= 0; i--)
		if (!merkle_join(tree->digest, tree->roots[i], root, root))
			return false;
	return true;
}

/* Leaves of the left side of a tree of this size (at least 2). */
static uint64_t
left_of(uint64_t size)
{
	uint64_t	left = 1;

	while (left < size - left)
		left <<= 1;
	return left;
}

static bool
range_root(digest *d, merkle_leaf get, void *list, uint64_t from,
		   uint64_t size, uint8_t root[HASH_SIZE])
{
	merkle_tree tree;

	merkle_start(&tree, d);
	for (uint64_t i = 0; i < size; i++)
		if (!merkle_add(&tree, get(list, from + i)))
			return false;
	return merkle_root(&tree, root);
}

int
merkle_path(digest *d, merkle_leaf get, void *list, uint64_t n, uint64_t size,
			uint8_t path[MERKLE_LEVELS][HASH_SIZE])
{
	uint8_t		top_down[MERKLE_LEVELS][HASH_SIZE];
	uint64_t	from = 0;
	int			length = 0;

	while (size > 1)
	{
		uint64_t	left = left_of(size);
		bool		on_left = n - from < left;

		if (!range_root(d, get, list, on_left ? from + left : from,
						on_left ? size - left : left, top_down[length++]))
			return -1;
		if (!on_left)
			from += left;
		size = on_left ? left : size - left;
	}
	for (int i = 0; i < length; i++)
		memcpy(path[i], top_down[length - 1 - i], HASH_SIZE);
	return length;
}

bool
merkle_climb(digest *d, const uint8_t leaf[HASH_SIZE], uint64_t n,
			 uint64_t size, const uint8_t (*path)[HASH_SIZE], int length,
			 uint8_t root[HASH_SIZE])
{
	uint64_t	last = size - 1;
	int			used = 0;

	if (n >= size)
		return false;
	memcpy(root, leaf, HASH_SIZE);
	for (; last > 0; n >>= 1, last >>= 1)
	{
		bool		on_right = (n & 1) != 0;

		if (!on_right && n == last)
			continue;			/* no sibling on this level */
		if (used == length)
			return false;
		if (!merkle_join(d, on_right ? path[used] : root,
						 on_right ? root : path[used], root))
			return false;
		used++;
	}
	return used == length;
}
