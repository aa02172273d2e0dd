/*
 * util.h
 *	  What every part of the simulator uses: clock, numbers by seed, errors.
 */
#ifndef SIM_UTIL_H
#define SIM_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_SECOND INT64_C(1000000000)	/* in nanoseconds */
#define SIM_MILLISECOND INT64_C(1000000)

/* Exit codes, and what sim_die is given. */
enum
{
	SIM_FINE = 0,				/* every frame was confirmed */
	SIM_UNCONFIRMED = 1,		/* some were not */
	SIM_USAGE = 2,				/* nothing was done: options, files, network */
};

/* Monotonic nanoseconds. */
extern int64_t sim_now(void);

/* Microseconds since 1970, of the wall clock. */
extern int64_t sim_wall_us(void);

/* Seconds since 2000 on a wall clock in UTC+8, as devices have it. */
extern int64_t sim_device_clock(void);

/* "fireiot-sim: ...", then the end. */
extern void sim_die(int status, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* malloc that gives zeros and cannot fail. */
extern void *sim_alloc(size_t count, size_t size);

/* realloc that cannot fail. */
extern void *sim_grow(void *memory, size_t size);

/* Descriptors that this process may open; the limit is raised first. */
extern long sim_raise_descriptors(void);

/* SIGPIPE ignored; SIGINT and SIGTERM make sim_stopped() true. */
extern void sim_catch_signals(void);
extern bool sim_stopped(void);

extern void sim_hex(char *out, const uint8_t *bytes, size_t n);

/* Bytes of a text of hexadecimal digits; -1 when it is none or too long. */
extern int	sim_unhex(uint8_t *out, size_t room, const char *text);

/* Spreads the bits of a word (the end of splitmix64). */
static inline uint64_t
sim_mix64(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Numbers that follow from where they start (splitmix64). */
typedef struct sim_random
{
	uint64_t	state;
} sim_random;

static inline uint64_t
sim_next(sim_random *random)
{
	return sim_mix64(random->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* 0 .. n - 1 */
static inline uint32_t
sim_below(sim_random *random, uint32_t n)
{
	return (uint32_t) ((sim_next(random) >> 32) * n >> 32);
}

/* 0 <= x < 1 */
static inline double
sim_fraction(sim_random *random)
{
	return (double) (sim_next(random) >> 11) * 0x1p-53;
}

#endif							/* SIM_UTIL_H */
