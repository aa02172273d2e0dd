/*
 * bytes.h
 *	  Bounded access to wire bytes, low byte first.
 *
 * GB/T 26875.3 sends every multi-byte integer low byte first (clause 6.6).
 * These are the only places that turn bytes into integers and back, so the
 * codec is right on any byte order and never reads an unaligned word through
 * a cast.  The plain loads trust their caller: whoever calls has compared the
 * length first.
 */
#ifndef GB_BYTES_H
#define GB_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Inlined whatever the optimiser thinks: constant arguments must fold. */
#define GB_INLINE inline __attribute__((always_inline))

static inline uint16_t
gb_load16(const uint8_t *p)
{
	return (uint16_t) (p[0] | (p[1] << 8));
}

static inline uint32_t
gb_load32(const uint8_t *p)
{
	return (uint32_t) p[0] | ((uint32_t) p[1] << 8) |
		((uint32_t) p[2] << 16) | ((uint32_t) p[3] << 24);
}

static inline uint64_t
gb_load64(const uint8_t *p)
{
	return (uint64_t) gb_load32(p) | ((uint64_t) gb_load32(p + 4) << 32);
}

static inline uint64_t
gb_load48(const uint8_t *p)
{
	return (uint64_t) gb_load32(p) | ((uint64_t) gb_load16(p + 4) << 32);
}

static inline void
gb_store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t) v;
	p[1] = (uint8_t) (v >> 8);
}

static inline void
gb_store32(uint8_t *p, uint32_t v)
{
	gb_store16(p, (uint16_t) v);
	gb_store16(p + 2, (uint16_t) (v >> 16));
}

static inline void
gb_store48(uint8_t *p, uint64_t v)
{
	gb_store32(p, (uint32_t) v);
	gb_store16(p + 4, (uint16_t) (v >> 32));
}

static inline void
gb_store64(void *p, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	memcpy(p, &v, sizeof(v));
}

/* The same four bytes read from the other end: high byte first. */
static inline uint32_t
gb_swap32(uint32_t v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

/* The same six bytes read from the other end: high byte first. */
static inline uint64_t
gb_swap48(uint64_t v)
{
	return ((v & 0x0000000000ff) << 40) | ((v & 0x00000000ff00) << 24) |
		((v & 0x000000ff0000) << 8) | ((v & 0x0000ff000000) >> 8) |
		((v & 0x00ff00000000) >> 24) | ((v & 0xff0000000000) >> 40);
}

#endif							/* GB_BYTES_H */
