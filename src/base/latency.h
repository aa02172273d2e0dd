/*
 * latency.h
 *	  A histogram of durations that one process writes and all may read.
 *
 * Four buckets an octave, from microseconds to minutes: a quantile read from
 * it is at most a quarter too high.
 */
#ifndef FIREIOT_LATENCY_H
#define FIREIOT_LATENCY_H

#include "base/compat.h"

#include "port/pg_bitutils.h"

#define LATENCY_BUCKETS 112

typedef struct latency
{
	uint64		count[LATENCY_BUCKETS];
	uint64		total_us;
	uint64		max_us;
} latency;

static inline int
latency_bucket(uint64 us)
{
	int			octave;
	int			bucket;

	if (us < 4)
		return (int) us;
	octave = pg_leftmost_one_pos64(us);
	bucket = (octave - 1) * 4 + (int) (us >> (octave - 2) & 3);
	return Min(bucket, LATENCY_BUCKETS - 1);
}

/* The first microsecond that is above the bucket. */
static inline uint64
latency_bucket_end(int bucket)
{
	if (bucket < 4)
		return (uint64) bucket + 1;
	return (UINT64CONST(5) + (bucket & 3)) << (bucket / 4 - 1);
}

static inline void
latency_add(latency *l, int64 us, uint64 times)
{
	uint64		value = us > 0 ? (uint64) us : 0;

	l->count[latency_bucket(value)] += times;
	l->total_us += value * times;
	if (value > l->max_us)
		l->max_us = value;
}

#endif							/* FIREIOT_LATENCY_H */
