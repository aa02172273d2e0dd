/*
 * sample.h
 *	  Frames put together byte by byte, without the code under test.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SAMPLE_MAX (30 + 1024)

/* 2026-09-19 14:30:05, the time of every sample. */
static const uint8_t sample_time[6] = {5, 30, 14, 19, 9, 26};

static inline uint8_t
naive_sum(const uint8_t *p, size_t n)
{
	unsigned	sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return (uint8_t) (sum % 256);
}

/* Put the right checksum into a frame of len bytes. */
static inline void
sample_seal(uint8_t *frame, size_t len)
{
	frame[len - 3] = naive_sum(frame + 2, len - 5);
}

/* A good frame with n <= 1024 application bytes; returns its length. */
static inline size_t
sample_frame(uint8_t *out, uint16_t seq, uint8_t command,
			 const uint8_t *app, size_t n)
{
	static const uint8_t addresses[12] = {
		0x0c, 0x0b, 0x0a, 0, 0, 0, 0x38, 0x5b, 0, 0, 0, 0
	};

	memcpy(out, "@@", 2);
	out[2] = (uint8_t) (seq % 256);
	out[3] = (uint8_t) (seq / 256);
	out[4] = out[5] = 1;
	memcpy(out + 6, sample_time, 6);
	memcpy(out + 12, addresses, 12);
	out[24] = (uint8_t) (n % 256);
	out[25] = (uint8_t) (n / 256);
	out[26] = command;
	if (n > 0)
		memcpy(out + 27, app, n);
	memcpy(out + 28 + n, "##", 2);
	sample_seal(out, 30 + n);
	return 30 + n;
}

#endif							/* SAMPLE_H */
