/*
 * fault.c
 *	  Faults on demand: the proof that the tools see them.
 *
 * Built and linked in the same way as the library under test.
 */
#include "base/compat.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(fireiot_fault);

/* Volatile: the compiler must not see that it is a fault. */
static volatile int behind = 3;
static volatile int too_far = 40;
static volatile int greatest = INT_MAX;

static int
read_behind_argument(const bytea *three_bytes)
{
	return VARDATA_ANY(three_bytes)[behind];
}

static int
read_behind_malloc(void)
{
	char *volatile piece = malloc(behind);
	int			result = piece[behind];

	free(piece);
	return result;
}

static int
read_freed(void)
{
	char *volatile piece = malloc(behind);

	free(piece);
	return piece[0];
}

static int
write_behind_palloc(void)
{
	char *volatile piece = palloc(behind);

	piece[behind] = 1;
	return piece[behind];
}

static int
depend_on_undefined(void)
{
	char *volatile piece = palloc(behind);

	return piece[0] == 42 ? 1 : 2;
}

static int
read_behind_array(void)
{
	volatile char array[3] = {1, 2, 3};

	return array[behind];
}

/*
 * fireiot_fault(kind text, three_bytes bytea) returns integer: commits the
 * fault of that name, or none when there is no such fault.
 */
Datum
fireiot_fault(PG_FUNCTION_ARGS)
{
	const char *kind = text_to_cstring(PG_GETARG_TEXT_PP(0));

	if (strcmp(kind, "argument") == 0)
		PG_RETURN_INT32(read_behind_argument(PG_GETARG_BYTEA_PP(1)));
	if (strcmp(kind, "malloc") == 0)
		PG_RETURN_INT32(read_behind_malloc());
	if (strcmp(kind, "free") == 0)
		PG_RETURN_INT32(read_freed());
	if (strcmp(kind, "palloc") == 0)
		PG_RETURN_INT32(write_behind_palloc());
	if (strcmp(kind, "undefined") == 0)
		PG_RETURN_INT32(depend_on_undefined());
	if (strcmp(kind, "array") == 0)
		PG_RETURN_INT32(read_behind_array());
	if (strcmp(kind, "shift") == 0)
		PG_RETURN_INT32(1 << too_far);
	if (strcmp(kind, "overflow") == 0)
		PG_RETURN_INT32(greatest + 1);
	PG_RETURN_INT32(0);
}
