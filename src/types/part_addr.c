/*
 * part_addr.c
 *	  SQL type fireiot.part_addr: the address of a part (部件), or of the
 *	  facility system as a whole, within one device.
 */
#include "types/part_addr.h"

#include "libpq/pqformat.h"

#include "codec/names.h"
#include "types/scalar.h"

#define EXAMPLE_HINT \
	"Write a component for example as '1.1/40.131082', a facility system as '1.1'."

/* The numbers of an address, as people give them: not yet looked at. */
typedef struct part_numbers
{
	int64		number[4];
	int			count;			/* 2 for a system, 4 for a component */
} part_numbers;

typedef struct part_field
{
	const char *argument;		/* of the SQL constructors */
	const char *name;
	int64		max;
} part_field;

static const part_field part_fields[4] = {
	{"sys_type", "system type", PG_UINT8_MAX},
	{"sys_addr", "system address", PG_UINT8_MAX},
	{"comp_type", "component type", PG_UINT8_MAX},
	{"comp_addr", "component address", PG_UINT32_MAX},
};

/* Position of the first number that is out of its range; -1 when none is. */
static int
find_out_of_range(const part_numbers *in)
{
	for (int i = 0; i < in->count; i++)
		if (in->number[i] < 0 || in->number[i] > part_fields[i].max)
			return i;
	return -1;
}

/* All numbers are within their ranges. */
static part_addr
assemble(const part_numbers *in)
{
	if (in->count == 2)
		return part_addr_of_system((uint8) in->number[0],
								   (uint8) in->number[1]);
	return part_addr_of_component((uint8) in->number[0],
								  (uint8) in->number[1],
								  (uint8) in->number[2],
								  (uint32) in->number[3]);
}

/* Read "number.number" from *at. */
static bool
scan_pair(const char **at, part_numbers *in)
{
	if (!scan_number(at, &in->number[in->count++]))
		return false;
	return *(*at)++ == '.' && scan_number(at, &in->number[in->count++]);
}

/* "1.1/40.131082" or "1.1" between blanks; ranges are not looked at. */
static bool
scan_part(const char *str, part_numbers *in)
{
	const char *at = skip_blanks(str);

	in->count = 0;
	if (!scan_pair(&at, in))
		return false;
	if (*at == '/')
	{
		at++;
		if (!scan_pair(&at, in))
			return false;
	}
	return *skip_blanks(at) == '\0';
}

/* Write "number.number"; returns how many characters these are. */
static int
print_pair(char *out, uint32 a, uint32 b)
{
	int			len = pg_ultoa_n(a, out);

	out[len++] = '.';
	return len + pg_ultoa_n(b, out + len);
}

void
part_addr_print(part_addr part, char out[PART_ADDR_TEXT_SIZE])
{
	int			len = print_pair(out, part_sys_type(part), part_sys_addr(part));

	if (part_is_component(part))
	{
		out[len++] = '/';
		len += print_pair(out + len, part_comp_type(part),
						  part_comp_addr(part));
	}
	out[len] = '\0';
}

PG_FUNCTION_INFO_V1(part_addr_in);
Datum
part_addr_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	part_numbers in;
	int			bad;

	if (!scan_part(str, &in))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"fireiot.part_addr", str),
				 errdetail("A part is SYSTEM_TYPE.SYSTEM_ADDRESS/COMPONENT_TYPE.COMPONENT_ADDRESS in decimal digits; a facility system is the first half."),
				 errhint(EXAMPLE_HINT)));
	bad = find_out_of_range(&in);
	if (bad >= 0)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s out of range for type %s: \"%s\"",
						part_fields[bad].name, "fireiot.part_addr", str),
				 errdetail("A %s is a number from 0 to %lld.",
						   part_fields[bad].name,
						   (long long) part_fields[bad].max),
				 errhint(EXAMPLE_HINT)));
	PG_RETURN_PART_ADDR(assemble(&in));
}

PG_FUNCTION_INFO_V1(part_addr_out);
Datum
part_addr_out(PG_FUNCTION_ARGS)
{
	char	   *str = palloc(PART_ADDR_TEXT_SIZE);

	part_addr_print(PG_GETARG_PART_ADDR(0), str);
	PG_RETURN_CSTRING(str);
}

PG_FUNCTION_INFO_V1(part_addr_recv);
Datum
part_addr_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	uint64		number = (uint64) pq_getmsgint64(buf);

	if (!part_addr_valid(number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s",
						"fireiot.part_addr"),
				 errdetail("The third byte must be 1 for a component, or 0 for a facility system with 0 in all bytes that follow.")));
	PG_RETURN_PART_ADDR(number);
}

PG_FUNCTION_INFO_V1(part_addr_send);
Datum
part_addr_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_PART_ADDR(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The address of these numbers; raises when one is out of its range. */
static part_addr
construct(const part_numbers *in)
{
	int			bad = find_out_of_range(in);

	if (bad >= 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("argument %s is out of range: %lld",
						part_fields[bad].argument,
						(long long) in->number[bad]),
				 errdetail("A %s is a number from 0 to %lld.",
						   part_fields[bad].name,
						   (long long) part_fields[bad].max),
				 errhint("Write a component for example as fireiot.part_addr(1, 1, 40, 131082), a facility system as fireiot.part_addr(1, 1).")));
	return assemble(in);
}

PG_FUNCTION_INFO_V1(part_addr_from_system);
Datum
part_addr_from_system(PG_FUNCTION_ARGS)
{
	part_numbers in = {{PG_GETARG_INT32(0), PG_GETARG_INT32(1)}, 2};

	PG_RETURN_PART_ADDR(construct(&in));
}

PG_FUNCTION_INFO_V1(part_addr_from_component);
Datum
part_addr_from_component(PG_FUNCTION_ARGS)
{
	part_numbers in = {{PG_GETARG_INT32(0), PG_GETARG_INT32(1),
	PG_GETARG_INT32(2), PG_GETARG_INT64(3)}, 4};

	PG_RETURN_PART_ADDR(construct(&in));
}

PG_FUNCTION_INFO_V1(part_addr_system_type);
Datum
part_addr_system_type(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(part_sys_type(PG_GETARG_PART_ADDR(0)));
}

PG_FUNCTION_INFO_V1(part_addr_system_address);
Datum
part_addr_system_address(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(part_sys_addr(PG_GETARG_PART_ADDR(0)));
}

PG_FUNCTION_INFO_V1(part_addr_is_component);
Datum
part_addr_is_component(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(part_is_component(PG_GETARG_PART_ADDR(0)));
}

/* What only a component has: null for a facility system. */
#define COMPONENT_FUNCTION(name, RETURN, value) \
PG_FUNCTION_INFO_V1(part_addr_##name); \
Datum \
part_addr_##name(PG_FUNCTION_ARGS) \
{ \
	part_addr	part = PG_GETARG_PART_ADDR(0); \
\
	if (!part_is_component(part)) \
		PG_RETURN_NULL(); \
	RETURN(value); \
}

COMPONENT_FUNCTION(component_type, PG_RETURN_INT32, part_comp_type(part))
COMPONENT_FUNCTION(component_address, PG_RETURN_INT64, part_comp_addr(part))
COMPONENT_FUNCTION(loop_number, PG_RETURN_INT32, part_comp_addr(part) & 0xffff)
COMPONENT_FUNCTION(point_number, PG_RETURN_INT32, part_comp_addr(part) >> 16)

PG_FUNCTION_INFO_V1(part_addr_system_of);
Datum
part_addr_system_of(PG_FUNCTION_ARGS)
{
	part_addr	part = PG_GETARG_PART_ADDR(0);

	PG_RETURN_PART_ADDR(part_addr_of_system(part_sys_type(part),
											part_sys_addr(part)));
}

static text *
code_name(gb_code_table table, uint8 code, gb_language language)
{
	return cstring_to_text(gb_codes[table][code].name[language]);
}

PG_FUNCTION_INFO_V1(part_addr_system_type_name);
Datum
part_addr_system_type_name(PG_FUNCTION_ARGS)
{
	part_addr	part = PG_GETARG_PART_ADDR(0);
	gb_language language = language_from_text(PG_GETARG_TEXT_PP(1));

	PG_RETURN_TEXT_P(code_name(GB_CODES_SYSTEM_TYPE, part_sys_type(part),
							   language));
}

PG_FUNCTION_INFO_V1(part_addr_component_type_name);
Datum
part_addr_component_type_name(PG_FUNCTION_ARGS)
{
	part_addr	part = PG_GETARG_PART_ADDR(0);
	gb_language language = language_from_text(PG_GETARG_TEXT_PP(1));

	if (!part_is_component(part))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(code_name(GB_CODES_COMPONENT_TYPE, part_comp_type(part),
							   language));
}

SCALAR_ORDER_FUNCTIONS(part_addr, PG_GETARG_PART_ADDR)
SCALAR_HASH_FUNCTIONS(part_addr, PG_GETARG_PART_ADDR)
