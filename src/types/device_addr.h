/*
 * device_addr.h
 *	  SQL type fireiot.device_addr: the address of a device, six bytes.
 *
 * The value is the unsigned 48-bit number of the address; the wire sends it
 * low byte first, text writes it high byte first.
 */
#ifndef FIREIOT_DEVICE_ADDR_H
#define FIREIOT_DEVICE_ADDR_H

#include "base/compat.h"

#include "fmgr.h"

typedef uint64 device_addr;

#define DEVICE_ADDR_BYTES 6
#define DEVICE_ADDR_MAX UINT64CONST(0xffffffffffff)
#define DEVICE_ADDR_TEXT_SIZE (2 * DEVICE_ADDR_BYTES + 1)

static inline device_addr
DatumGetDeviceAddr(Datum d)
{
	return DatumGetUInt64(d);
}

static inline Datum
DeviceAddrGetDatum(device_addr addr)
{
	return UInt64GetDatum(addr);
}

#define PG_GETARG_DEVICE_ADDR(n) DatumGetDeviceAddr(PG_GETARG_DATUM(n))
#define PG_RETURN_DEVICE_ADDR(addr) return DeviceAddrGetDatum(addr)

/* 12 hex digits, high byte first, between blanks; false: something else. */
extern bool device_addr_parse(const char *str, device_addr *addr);

/* The same, lower case, with a terminating NUL. */
extern void device_addr_print(device_addr addr,
							  char out[DEVICE_ADDR_TEXT_SIZE]);

#endif							/* FIREIOT_DEVICE_ADDR_H */
