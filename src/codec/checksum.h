/*
 * checksum.h
 *	  The checksum of a frame: the sum of its bytes modulo 256.
 *
 * In a header, like reading a frame's head: both are done for every frame and
 * cost less than a call.
 */
#ifndef GB_CHECKSUM_H
#define GB_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Sixteen sums side by side: since only the sum modulo 256 is wanted, bytes
 * may overflow within their lane.  The vector type is GCC's and Clang's
 * portable one, so this is SSE2, NEON or plain words by the target.
 */
typedef uint8_t gb_lanes __attribute__((vector_size(16)));

#define GB_LANES sizeof(gb_lanes)

static inline gb_lanes
gb_load_lanes(const uint8_t *p)
{
	gb_lanes	loaded;

	memcpy(&loaded, p, GB_LANES);
	return loaded;
}

static inline uint8_t
gb_sum_of_lanes(gb_lanes sums)
{
	const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
	uint64_t	word[2];
	uint64_t	sum;

	memcpy(word, &sums, GB_LANES);
	sum = (word[0] & even) + (word[0] >> 8 & even) +
		(word[1] & even) + (word[1] >> 8 & even);
	/* four 16-bit sums below 1021 each; the product's top one adds them */
	return (uint8_t) (sum * UINT64_C(0x0001000100010001) >> 48);
}

/* Sum of n bytes modulo 256: clause 6.6, over bytes 2 .. 26 + app_len. */
static inline uint8_t
gb_checksum(const uint8_t *p, size_t n)
{
	/* read from the n-th byte on: a mask for the last n lanes */
	static const uint8_t last[2 * GB_LANES] = {
		[GB_LANES] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};
	gb_lanes	sums = {0};
	uint8_t		sum = 0;

	if (n >= GB_LANES)
	{
		for (; n >= GB_LANES; n -= GB_LANES, p += GB_LANES)
			sums += gb_load_lanes(p);
		/* the rest again with bytes before it, which are masked out */
		sums += gb_load_lanes(p + n - GB_LANES) & gb_load_lanes(last + n);
		return gb_sum_of_lanes(sums);
	}
	while (n-- > 0)
		sum = (uint8_t) (sum + *p++);
	return sum;
}

#endif							/* GB_CHECKSUM_H */
