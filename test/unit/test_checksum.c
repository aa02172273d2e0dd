/*
 * test_checksum.c
 *	  The checksum against a plain loop: every length, every alignment.
 */
#include "codec/frame.h"

#include "unit/check.h"
#include "unit/exact.h"
#include "unit/sample.h"

#define LENGTHS 1101			/* 0 .. 1100 */
#define ALIGNMENTS 17			/* 0 .. 16 */

/* The bytes end where the allocation does, so an over-read is seen. */
static void
compare_lengths(const uint8_t *bytes, int alignment, int stride)
{
	for (int n = 0; n < LENGTHS; n += stride)
	{
		uint8_t    *copy = exact_copy(bytes, (size_t) (alignment + n));

		EACH_INT(gb_checksum(copy + alignment, (size_t) n),
				 naive_sum(bytes + alignment, (size_t) n));
		free(copy);
	}
}

static void
random_bytes(void)
{
	uint8_t		bytes[LENGTHS + ALIGNMENTS];
	uint64_t	seed = 2;

	for (int alignment = 0; alignment < ALIGNMENTS; alignment++)
	{
		check_fill(&seed, bytes, sizeof(bytes));
		compare_lengths(bytes, alignment, check_stride());
		CHECK_EACH("lengths 0 .. 1100");
	}
}

/* Where every lane overflows at every step. */
static void
extreme_bytes(void)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	uint8_t		bytes[LENGTHS + ALIGNMENTS];

	for (size_t i = 0; i < sizeof(values); i++)
	{
		memset(bytes, values[i], sizeof(bytes));
		compare_lengths(bytes, 3, check_stride());
		CHECK_EACH("the same byte all through");
	}
}

/* A single byte counts once, wherever it stands. */
static void
each_byte_counts_once(void)
{
	uint8_t		bytes[300] = {0};

	for (size_t n = 1; n <= sizeof(bytes); n += (size_t) check_stride())
		for (size_t at = 0; at < n; at++)
		{
			bytes[at] = 0xa7;
			EACH_INT(gb_checksum(bytes, n), 0xa7);
			bytes[at] = 0;
		}
	CHECK_EACH("one byte at each place");
}

static void
nothing_sums_to_zero(void)
{
	CHECK_INT(gb_checksum((const uint8_t *) "x", 0), 0);
}

int
main(void)
{
	RUN(random_bytes);
	RUN(extreme_bytes);
	RUN(each_byte_counts_once);
	RUN(nothing_sums_to_zero);
	return check_done();
}
