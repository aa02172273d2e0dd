/*
 * merkle_sql.c
 *	  fireiot.merkle_root(): the root over hashes that are in tables.
 */
#include "ledger/chain.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "ledger/merkle.h"

PG_FUNCTION_INFO_V1(ledger_merkle_root);

static digest *
digest_of_argument(const char *name)
{
	digest_algorithm algorithm;

	if (!digest_by_name(name, &algorithm))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no hash algorithm \"%s\"", name),
				 errhint("Chains are of sha256 or sm3.")));
	return chain_digest(algorithm);
}

static const uint8 *
hash_of_element(Datum element, bool is_null)
{
	bytea	   *hash = is_null ? NULL : DatumGetByteaPP(element);

	if (hash == NULL || VARSIZE_ANY_EXHDR(hash) != HASH_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a leaf of a Merkle tree is no hash"),
				 errdetail("Hashes have %d bytes.", HASH_SIZE)));
	return (const uint8 *) VARDATA_ANY(hash);
}

Datum
ledger_merkle_root(PG_FUNCTION_ARGS)
{
	merkle_tree tree;
	uint8		root[HASH_SIZE];
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), BYTEAOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &count);
	merkle_start(&tree,
				 digest_of_argument(text_to_cstring(PG_GETARG_TEXT_PP(1))));
	for (int i = 0; i < count; i++)
		if (!merkle_add(&tree, hash_of_element(elements[i], nulls[i])))
			digest_failed();
	if (!merkle_root(&tree, root))
		digest_failed();
	PG_RETURN_BYTEA_P(bytes_datum(root, HASH_SIZE));
}
