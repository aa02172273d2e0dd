/*
 * part_addr.h
 *	  SQL type fireiot.part_addr: the address of a part (部件), or of the
 *	  facility system as a whole, within one device.
 *
 * The value is a 64-bit number whose order is the reader's: by system, the
 * system itself before its components, then by component.
 *
 *	 63      56 55      48 47    40 39      32 31               0
 *	| sys_type | sys_addr | level  | comp_type | comp_addr        |
 *
 * level is 1 for a component and 0 for a system, whose low 32 + 8 bits are 0.
 */
#ifndef FIREIOT_PART_ADDR_H
#define FIREIOT_PART_ADDR_H

#include "base/compat.h"

#include "fmgr.h"

typedef uint64 part_addr;

#define PART_ADDR_LEVEL (UINT64CONST(1) << 40)

/* "255.255/255.4294967295" */
#define PART_ADDR_TEXT_SIZE 23

static inline part_addr
part_addr_of_system(uint8 sys_type, uint8 sys_addr)
{
	return (uint64) sys_type << 56 | (uint64) sys_addr << 48;
}

static inline part_addr
part_addr_of_component(uint8 sys_type, uint8 sys_addr,
					   uint8 comp_type, uint32 comp_addr)
{
	return part_addr_of_system(sys_type, sys_addr) | PART_ADDR_LEVEL |
		(uint64) comp_type << 32 | comp_addr;
}

static inline bool
part_is_component(part_addr part)
{
	return (part & PART_ADDR_LEVEL) != 0;
}

static inline uint8
part_sys_type(part_addr part)
{
	return (uint8) (part >> 56);
}

static inline uint8
part_sys_addr(part_addr part)
{
	return (uint8) (part >> 48);
}

/* 0 for a system, as is the next. */
static inline uint8
part_comp_type(part_addr part)
{
	return (uint8) (part >> 32);
}

static inline uint32
part_comp_addr(part_addr part)
{
	return (uint32) part;
}

/* Is a number from elsewhere a part address? */
static inline bool
part_addr_valid(uint64 number)
{
	uint8		level = (uint8) (number >> 40);

	return level == 1 || (level == 0 && (number & (PART_ADDR_LEVEL - 1)) == 0);
}

static inline part_addr
DatumGetPartAddr(Datum d)
{
	return DatumGetUInt64(d);
}

static inline Datum
PartAddrGetDatum(part_addr part)
{
	return UInt64GetDatum(part);
}

#define PG_GETARG_PART_ADDR(n) DatumGetPartAddr(PG_GETARG_DATUM(n))
#define PG_RETURN_PART_ADDR(part) return PartAddrGetDatum(part)

/* "1.1/40.131082", or "1.1" for a system, with a terminating NUL. */
extern void part_addr_print(part_addr part, char out[PART_ADDR_TEXT_SIZE]);

#endif							/* FIREIOT_PART_ADDR_H */
