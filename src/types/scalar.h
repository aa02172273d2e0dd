/*
 * scalar.h
 *	  What the fixed-length types have in common.
 *
 * device_addr, part_addr and alarm_state are unsigned integers that are
 * passed by value: equality, order, hash and distance of a value are those of
 * its number.  The C functions that say so are made here once for all three.
 *
 * Nothing here allocates or keeps state.
 */
#ifndef FIREIOT_SCALAR_H
#define FIREIOT_SCALAR_H

#include "base/compat.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

#include "codec/names.h"

StaticAssertDecl(sizeof(Datum) == 8,
				 "fireiot needs a 64-bit platform: its types are passed by value");

/* TYPE_NAME(a, b) returns boolean, for one comparison of C. */
#define SCALAR_COMPARISON(type, name, GETARG, op) \
PG_FUNCTION_INFO_V1(type##_##name); \
Datum \
type##_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(GETARG(0) op GETARG(1)); \
}

/* The six comparisons, and the support functions of btree. */
#define SCALAR_ORDER_FUNCTIONS(type, GETARG) \
SCALAR_COMPARISON(type, eq, GETARG, ==) \
SCALAR_COMPARISON(type, ne, GETARG, !=) \
SCALAR_COMPARISON(type, lt, GETARG, <) \
SCALAR_COMPARISON(type, le, GETARG, <=) \
SCALAR_COMPARISON(type, gt, GETARG, >) \
SCALAR_COMPARISON(type, ge, GETARG, >=) \
PG_FUNCTION_INFO_V1(type##_cmp); \
Datum \
type##_cmp(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_INT32(scalar_cmp(GETARG(0), GETARG(1))); \
} \
PG_FUNCTION_INFO_V1(type##_sortsupport); \
Datum \
type##_sortsupport(PG_FUNCTION_ARGS) \
{ \
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0); \
\
	ssup->comparator = ssup_datum_unsigned_cmp; \
	PG_RETURN_VOID(); \
}

/* The support functions of hash, and the distance that BRIN asks for. */
#define SCALAR_HASH_FUNCTIONS(type, GETARG) \
PG_FUNCTION_INFO_V1(type##_hash); \
Datum \
type##_hash(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_UINT32(scalar_hash(GETARG(0))); \
} \
PG_FUNCTION_INFO_V1(type##_hash_extended); \
Datum \
type##_hash_extended(PG_FUNCTION_ARGS) \
{ \
	uint64		seed = DatumGetUInt64(PG_GETARG_DATUM(1)); \
\
	PG_RETURN_UINT64(scalar_hash_extended(GETARG(0), seed)); \
} \
PG_FUNCTION_INFO_V1(type##_distance); \
Datum \
type##_distance(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_FLOAT8(scalar_distance(GETARG(0), GETARG(1))); \
}

static inline int
scalar_cmp(uint64 a, uint64 b)
{
	return (a > b) - (a < b);
}

/* From a to b.  Subtracted as integers: float8 would lose the low bits. */
static inline float8
scalar_distance(uint64 a, uint64 b)
{
	return b >= a ? (float8) (b - a) : -(float8) (a - b);
}

/*
 * All eight bytes go through the hash: to fold the halves of a part_addr
 * would let neighbouring component types and addresses cancel each other.
 */
static inline uint32
scalar_hash(uint64 value)
{
	return hash_bytes((const unsigned char *) &value, sizeof(value));
}

/* With seed 0 the low 32 bits are scalar_hash's. */
static inline uint64
scalar_hash_extended(uint64 value, uint64 seed)
{
	return hash_bytes_extended((const unsigned char *) &value, sizeof(value),
							   seed);
}

/* The first character that is no blank. */
static inline const char *
skip_blanks(const char *at)
{
	while (scanner_isspace(*at))
		at++;
	return at;
}

/*
 * Read decimal digits from *at and move it behind them; false when there are
 * none.  A number too large for int64 reads as PG_INT64_MAX.
 */
static inline bool
scan_number(const char **at, int64 *number)
{
	const char *start = *at;

	*number = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++)
		if (*number <= (PG_INT64_MAX - 9) / 10)
			*number = *number * 10 + (**at - '0');
		else
			*number = PG_INT64_MAX;
	return *at > start;
}

/* A language that SQL names 'zh' or 'en'; anything else raises. */
static inline gb_language
language_from_text(const text *name)
{
	const char *key = text_to_cstring(name);

	if (strcmp(key, "zh") == 0)
		return GB_ZH;
	if (strcmp(key, "en") == 0)
		return GB_EN;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("names are not available in language \"%s\"", key),
			 errhint("Use 'zh' for Chinese or 'en' for English.")));
}

#endif							/* FIREIOT_SCALAR_H */
