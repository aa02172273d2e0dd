/*
 * device_addr.c
 *	  SQL type fireiot.device_addr: the address of a device, six bytes.
 *
 * There is no cast to or from bigint, only functions: an implicit one would
 * let the planner compare addresses as numbers behind the user's back.
 */
#include "types/device_addr.h"

#include "libpq/pqformat.h"

#include "codec/bytes.h"
#include "types/scalar.h"

static inline int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
device_addr_parse(const char *str, device_addr *addr)
{
	const char *at = skip_blanks(str);

	*addr = 0;
	for (int i = 0; i < 2 * DEVICE_ADDR_BYTES; i++)
	{
		int			digit = hex_value(*at++);

		if (digit < 0)
			return false;
		*addr = *addr << 4 | (uint64) digit;
	}
	return *skip_blanks(at) == '\0';
}

void
device_addr_print(device_addr addr, char out[DEVICE_ADDR_TEXT_SIZE])
{
	for (int i = 2 * DEVICE_ADDR_BYTES - 1; i >= 0; i--)
	{
		out[i] = "0123456789abcdef"[addr & 0xf];
		addr >>= 4;
	}
	out[2 * DEVICE_ADDR_BYTES] = '\0';
}

PG_FUNCTION_INFO_V1(device_addr_in);
Datum
device_addr_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	device_addr addr;

	if (!device_addr_parse(str, &addr))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"fireiot.device_addr", str),
				 errdetail("A device address is six bytes: exactly 12 hexadecimal digits, high byte first."),
				 errhint("Write it for example as '0a1b2c3d4e5f'.")));
	PG_RETURN_DEVICE_ADDR(addr);
}

PG_FUNCTION_INFO_V1(device_addr_out);
Datum
device_addr_out(PG_FUNCTION_ARGS)
{
	char	   *str = palloc(DEVICE_ADDR_TEXT_SIZE);

	device_addr_print(PG_GETARG_DEVICE_ADDR(0), str);
	PG_RETURN_CSTRING(str);
}

PG_FUNCTION_INFO_V1(device_addr_recv);
Datum
device_addr_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	uint64		number = (uint64) pq_getmsgint64(buf);

	if (number > DEVICE_ADDR_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s",
						"fireiot.device_addr"),
				 errdetail("The two high bytes of the eight must be 0.")));
	PG_RETURN_DEVICE_ADDR(number);
}

PG_FUNCTION_INFO_V1(device_addr_send);
Datum
device_addr_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_DEVICE_ADDR(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(device_addr_from_bytes);
Datum
device_addr_from_bytes(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	int			len = (int) VARSIZE_ANY_EXHDR(bytes);

	if (len != DEVICE_ADDR_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a device address cannot have %d bytes", len),
				 errdetail("It has exactly %d, in wire order: low byte first.",
						   DEVICE_ADDR_BYTES),
				 errhint("Write for example fireiot.device_addr('\\x5f4e3d2c1b0a'::bytea), which is 0a1b2c3d4e5f.")));
	PG_RETURN_DEVICE_ADDR(gb_load48((const uint8 *) VARDATA_ANY(bytes)));
}

PG_FUNCTION_INFO_V1(device_addr_to_bytes);
Datum
device_addr_to_bytes(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = palloc(VARHDRSZ + DEVICE_ADDR_BYTES);

	SET_VARSIZE(bytes, VARHDRSZ + DEVICE_ADDR_BYTES);
	gb_store48((uint8 *) VARDATA(bytes), PG_GETARG_DEVICE_ADDR(0));
	PG_RETURN_BYTEA_P(bytes);
}

PG_FUNCTION_INFO_V1(device_addr_wire_hex);
Datum
device_addr_wire_hex(PG_FUNCTION_ARGS)
{
	char		digits[DEVICE_ADDR_TEXT_SIZE];

	device_addr_print(gb_swap48(PG_GETARG_DEVICE_ADDR(0)), digits);
	PG_RETURN_TEXT_P(cstring_to_text(digits));
}

PG_FUNCTION_INFO_V1(device_addr_from_number);
Datum
device_addr_from_number(PG_FUNCTION_ARGS)
{
	int64		number = PG_GETARG_INT64(0);

	if (number < 0 || number > (int64) DEVICE_ADDR_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("device number %lld is out of range",
						(long long) number),
				 errdetail("A device address is a number from 0 to %lld.",
						   (long long) DEVICE_ADDR_MAX),
				 errhint("Write for example fireiot.device_addr(258), which is 000000000102.")));
	PG_RETURN_DEVICE_ADDR((device_addr) number);
}

PG_FUNCTION_INFO_V1(device_addr_number);
Datum
device_addr_number(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) PG_GETARG_DEVICE_ADDR(0));
}

SCALAR_ORDER_FUNCTIONS(device_addr, PG_GETARG_DEVICE_ADDR)
SCALAR_HASH_FUNCTIONS(device_addr, PG_GETARG_DEVICE_ADDR)
