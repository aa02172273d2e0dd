/*
 * leaf.h
 *	  The canonical form of a row, and its hash: docs/ledger.md, "The leaf".
 *
 * The form depends on the values alone: not on where a row lies, on its
 * transaction, on settings of the session or on the server's version.
 */
#ifndef FIREIOT_LEAF_H
#define FIREIOT_LEAF_H

#include "base/compat.h"

#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "utils/uuid.h"

#include "ledger/digest.h"

/* The second byte of what is hashed: what it is. */
#define LEAF_ROW 0x01
#define LEAF_PART 0x02
#define LEAF_BLOCK 0x03

/* Can a column of a ledger table have this type? */
extern bool ledger_type_supported(Oid typid);

/* The name of a type's canonical form; "" when it has none. */
extern const char *leaf_form_name(Oid typid);

/*
 * One version of a table's columns, each as "name type", in order.  A column
 * that comes later makes a new version, which begins with the old one.
 */
typedef struct leaf_schema
{
	uint32		version;
	int			columns;
	char	  **names;
	char	  **types;			/* names of canonical forms */
} leaf_schema;

/*
 * The columns of a table that belong to the form: all but tx and dropped
 * ones.  An ERROR when one has a type without canonical form.
 */
extern leaf_schema *leaf_schema_of(TupleDesc description, const char *table);

/* Does the schema begin with the one before? */
extern bool leaf_schema_extends(const leaf_schema *schema,
								const leaf_schema *before);

/* How values of the columns of a schema are encoded; by position. */
typedef struct leaf_encoder leaf_encoder;

extern leaf_encoder *leaf_encoder_make(const leaf_schema *schema,
									   const pg_uuid_t *table);

/*
 * The form of the first columns values of a row, those of a version; replaces
 * what is in out.  Allocates in the current context what it has to detoast.
 */
extern void leaf_encode(const leaf_encoder *encoder, uint32 version,
						int columns, const Datum *values, const bool *nulls,
						StringInfo out);

/* Big-endian numbers and texts behind their length, onto the end. */
extern void leaf_put_u32(StringInfo out, uint32 value);
extern void leaf_put_i64(StringInfo out, int64 value);
extern void leaf_put_bytes(StringInfo out, const void *bytes, uint32 length);
extern void leaf_put_text(StringInfo out, const char *text);

/* ERROR when OpenSSL fails. */
extern void leaf_hash(digest *d, const StringInfoData *form,
					  uint8 hash[HASH_SIZE]);
extern pg_noreturn void digest_failed(void);

#endif							/* FIREIOT_LEAF_H */
