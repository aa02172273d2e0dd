/*
 * test_merkle.c
 *	  The Merkle tree against the vectors of RFC 6962's own implementation, and
 *	  every audit path of small trees.
 */
#include "ledger/merkle.h"

#include "unit/check.h"

#define LEAVES 8
#define PATH_TREES 70

/* What the leaves are, as hex. */
static const char *const inputs[LEAVES] = {
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f"
};

/* Roots over the first 0 .. 8 of them. */
static const char *const roots[LEAVES + 1] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};

static void
to_hex(const uint8_t *bytes, size_t n, char *hex)
{
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static size_t
from_hex(const char *hex, uint8_t *bytes)
{
	size_t		n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
	{
		unsigned	byte;

		sscanf(hex + 2 * i, "%2x", &byte);
		bytes[i] = (uint8_t) byte;
	}
	return n;
}

static void
roots_are_those_of_rfc_6962(void)
{
	digest	   *d = digest_open(DIGEST_SHA256);
	merkle_tree tree;
	uint8_t		hash[HASH_SIZE];
	char		hex[2 * HASH_SIZE + 1];

	CHECK(d != NULL);
	merkle_start(&tree, d);
	for (int n = 0; n <= LEAVES; n++)
	{
		uint8_t		leaf[64] = {MERKLE_LEAF};

		CHECK(merkle_root(&tree, hash));
		to_hex(hash, HASH_SIZE, hex);
		CHECK_STR(hex, roots[n]);
		if (n == LEAVES)
			break;
		CHECK(digest_of(d, leaf, 1 + from_hex(inputs[n], leaf + 1), hash));
		CHECK(merkle_add(&tree, hash));
	}
}

/* SM3's vector of GB/T 32905, "abc". */
static void
sm3_is_the_standards(void)
{
	digest	   *d = digest_open(DIGEST_SM3);
	uint8_t		hash[HASH_SIZE];
	char		hex[2 * HASH_SIZE + 1];

	CHECK(d != NULL);
	CHECK(digest_of(d, "abc", 3, hash));
	to_hex(hash, HASH_SIZE, hex);
	CHECK_STR(hex, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

static void
names_of_digests(void)
{
	digest_algorithm algorithm = DIGEST_SHA256;

	CHECK(digest_by_name("sm3", &algorithm));
	CHECK_INT(algorithm, DIGEST_SM3);
	CHECK(!digest_by_name("md5", &algorithm));
	CHECK_STR(digest_name(DIGEST_SHA256), "sha256");
	CHECK(digest_name((digest_algorithm) 9) == NULL);
	CHECK(digest_open((digest_algorithm) 9) == NULL);
	CHECK_INT(digest_algorithm_of(digest_open(DIGEST_SM3)), DIGEST_SM3);
}

static const uint8_t *
numbered(void *list, uint64_t n)
{
	return (const uint8_t *) list + n * HASH_SIZE;
}

/* Each path leads to the root; none of another place or length does. */
static void
every_path_leads_to_the_root(void)
{
	digest	   *d = digest_open(DIGEST_SHA256);
	uint8_t		leaves[PATH_TREES][HASH_SIZE];
	merkle_tree tree;

	for (int i = 0; i < PATH_TREES; i++)
		digest_of(d, &i, sizeof(i), leaves[i]);
	merkle_start(&tree, d);
	for (int size = 1; size <= PATH_TREES; size++)
	{
		uint8_t		root[HASH_SIZE];
		uint8_t		path[MERKLE_LEVELS][HASH_SIZE];
		uint8_t		led[HASH_SIZE];

		EACH(merkle_add(&tree, leaves[size - 1]) && merkle_root(&tree, root));
		for (int n = 0; n < size; n++)
		{
			int			length = merkle_path(d, numbered, leaves, (uint64_t) n,
											 (uint64_t) size, path);

			EACH(merkle_climb(d, leaves[n], (uint64_t) n, (uint64_t) size,
							  (const uint8_t(*)[HASH_SIZE]) path, length, led));
			EACH_BYTES(led, root, HASH_SIZE);
			EACH(!merkle_climb(d, leaves[n], (uint64_t) n, (uint64_t) size,
							   (const uint8_t(*)[HASH_SIZE]) path, length + 1, led));
			EACH(!merkle_climb(d, leaves[n], (uint64_t) size, (uint64_t) size,
							   (const uint8_t(*)[HASH_SIZE]) path, length, led));
			if (length > 0)
				EACH(!merkle_climb(d, leaves[n], (uint64_t) n, (uint64_t) size,
								   (const uint8_t(*)[HASH_SIZE]) path, length - 1, led));
		}
	}
	CHECK_EACH("paths of trees of 1 .. 70 leaves");
}

int
main(void)
{
	RUN(roots_are_those_of_rfc_6962);
	RUN(sm3_is_the_standards);
	RUN(names_of_digests);
	RUN(every_path_leads_to_the_root);
	return check_done();
}
