/*
 * leaf.c
 *	  The canonical form of a row.
 *
 * Own encoders: typsend converts text to the client's encoding, and that of
 * arrays and records embeds OIDs.
 */
#include "ledger/leaf.h"

#include <math.h>

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/inet.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

typedef enum value_form
{
	FORM_BOOL,
	FORM_INT2,
	FORM_INT4,
	FORM_INT8,
	FORM_FLOAT8,
	FORM_TEXT,
	FORM_BYTEA,
	FORM_UUID,
	FORM_NUMERIC,
	FORM_JSONB,
	FORM_INET,
	FORM_SEND					/* of the type itself */
} value_form;

typedef struct known_type
{
	const char *name;			/* of the canonical form */
	Oid			typid;			/* InvalidOid: found by name */
	value_form	form;
} known_type;

/*
 * Times are numbers of microseconds, dates numbers of days, both since
 * 2000-01-01; our own types are numbers that are passed by value.
 */
static const known_type known_types[] = {
	{"bool", BOOLOID, FORM_BOOL},
	{"int2", INT2OID, FORM_INT2},
	{"int4", INT4OID, FORM_INT4},
	{"int8", INT8OID, FORM_INT8},
	{"float8", FLOAT8OID, FORM_FLOAT8},
	{"timestamptz", TIMESTAMPTZOID, FORM_INT8},
	{"date", DATEOID, FORM_INT4},
	{"text", TEXTOID, FORM_TEXT},
	{"text", VARCHAROID, FORM_TEXT},
	{"bytea", BYTEAOID, FORM_BYTEA},
	{"uuid", UUIDOID, FORM_UUID},
	{"numeric", NUMERICOID, FORM_NUMERIC},
	{"jsonb", JSONBOID, FORM_JSONB},
	{"inet", INETOID, FORM_INET},
	{"device_addr", InvalidOid, FORM_INT8},
	{"part_addr", InvalidOid, FORM_INT8},
	{"alarm_state", InvalidOid, FORM_INT4},
	{"geometry", InvalidOid, FORM_SEND},
};

struct leaf_encoder
{
	pg_uuid_t	table;
	value_form *forms;
	FmgrInfo   *send;			/* of FORM_SEND */
};

static Oid
type_named(const char *schema, const char *name)
{
	Oid			namespace = get_namespace_oid(schema, true);

	return OidIsValid(namespace) ?
		GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, PointerGetDatum(name),
						ObjectIdGetDatum(namespace)) : InvalidOid;
}

/* PostGIS can be in any schema; nothing else names its type like that. */
static bool
is_geometry(Oid typid)
{
	Oid			send;
	bool		is_varlena;
	char	   *name;

	getTypeBinaryOutputInfo(typid, &send, &is_varlena);
	name = get_func_name(send);
	return name != NULL && strcmp(name, "geometry_send") == 0;
}

static const known_type *
find_type(Oid typid)
{
	Oid			base = getBaseType(typid);

	for (int i = 0; i < lengthof(known_types); i++)
	{
		const known_type *known = &known_types[i];

		if (OidIsValid(known->typid) ? known->typid == base :
			known->form == FORM_SEND ?
			get_typtype(base) == TYPTYPE_BASE && is_geometry(base) :
			type_named("fireiot", known->name) == base)
			return known;
	}
	return NULL;
}

bool
ledger_type_supported(Oid typid)
{
	/* a shell or pseudo type has no send function to be asked for */
	char		kind = get_typtype(typid);

	if (kind != TYPTYPE_BASE && kind != TYPTYPE_DOMAIN)
		return false;
	if (type_is_array(typid))
		return false;
	return find_type(typid) != NULL;
}

const char *
leaf_form_name(Oid typid)
{
	return ledger_type_supported(typid) ? find_type(typid)->name : "";
}

static void
add_column(leaf_schema *schema, const char *table, Form_pg_attribute column)
{
	const known_type *known;

	if (!ledger_type_supported(column->atttypid))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of table \"%s\" has no canonical form",
						NameStr(column->attname), table),
				 errdetail("Type %s is none of those that a ledger table can have.",
						   format_type_be(column->atttypid))));
	known = find_type(column->atttypid);
	schema->names[schema->columns] = pstrdup(NameStr(column->attname));
	schema->types[schema->columns] = pstrdup(known->name);
	schema->columns++;
}

leaf_schema *
leaf_schema_of(TupleDesc description, const char *table)
{
	leaf_schema *schema = palloc0(sizeof(leaf_schema));

	schema->names = palloc(description->natts * sizeof(char *));
	schema->types = palloc(description->natts * sizeof(char *));
	for (int i = 0; i < description->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(description, i);

		if (!column->attisdropped &&
			strcmp(NameStr(column->attname), "tx") != 0)
			add_column(schema, table, column);
	}
	return schema;
}

bool
leaf_schema_extends(const leaf_schema *schema, const leaf_schema *before)
{
	if (schema->columns < before->columns)
		return false;
	for (int i = 0; i < before->columns; i++)
		if (strcmp(schema->names[i], before->names[i]) != 0 ||
			strcmp(schema->types[i], before->types[i]) != 0)
			return false;
	return true;
}

static const known_type *
type_by_name(const char *name)
{
	for (int i = 0; i < lengthof(known_types); i++)
		if (strcmp(known_types[i].name, name) == 0)
			return &known_types[i];
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("fireiot.ledger_schema names an unknown type \"%s\"",
					name)));
}

/* PostGIS's send function; its one type is the only one of this form. */
static Oid
geometry_send(void)
{
	Oid			type = TypenameGetTypid("geometry");
	Oid			send;
	bool		is_varlena;

	if (!OidIsValid(type))
		type = type_named("public", "geometry");
	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type \"geometry\" does not exist")));
	getTypeBinaryOutputInfo(type, &send, &is_varlena);
	return send;
}

leaf_encoder *
leaf_encoder_make(const leaf_schema *schema, const pg_uuid_t *table)
{
	leaf_encoder *encoder = palloc0(sizeof(leaf_encoder));

	encoder->table = *table;
	encoder->forms = palloc(Max(schema->columns, 1) * sizeof(value_form));
	for (int i = 0; i < schema->columns; i++)
	{
		encoder->forms[i] = type_by_name(schema->types[i])->form;
		if (encoder->forms[i] == FORM_SEND && encoder->send == NULL)
		{
			encoder->send = palloc(sizeof(FmgrInfo));
			fmgr_info(geometry_send(), encoder->send);
		}
	}
	return encoder;
}

static inline void
put(StringInfo out, const void *bytes, uint32 length)
{
	/* a call for each number of each row would be a tenth of the work */
	if (unlikely(length >= (uint32) (out->maxlen - out->len)))
		enlargeStringInfo(out, length);
	memcpy(out->data + out->len, bytes, length);
	out->len += length;
}

void
leaf_put_u32(StringInfo out, uint32 value)
{
	value = pg_hton32(value);
	put(out, &value, sizeof(value));
}

void
leaf_put_i64(StringInfo out, int64 value)
{
	uint64		wire = pg_hton64((uint64) value);

	put(out, &wire, sizeof(wire));
}

void
leaf_put_bytes(StringInfo out, const void *bytes, uint32 length)
{
	leaf_put_u32(out, length);
	put(out, bytes, length);
}

/* In UTF-8, whatever the database's encoding is. */
static void
put_text(StringInfo out, const char *text, int length)
{
	char	   *utf8 = pg_server_to_any(text, length, PG_UTF8);

	leaf_put_bytes(out, utf8, utf8 == text ? length : strlen(utf8));
}

void
leaf_put_text(StringInfo out, const char *text)
{
	put_text(out, text, strlen(text));
}

/* A fixed-length number behind its length; in one go: most columns are. */
static inline void
put_number(StringInfo out, uint64 value, int length)
{
	struct
	{
		uint32		length;
		uint8		bytes[8];
	}			wire;

	wire.length = pg_hton32(length);
	value = pg_hton64(value << (64 - 8 * length));
	memcpy(wire.bytes, &value, sizeof(value));
	put(out, &wire, sizeof(wire.length) + length);
}

/* All NaN are one. */
static uint64
float_bits(float8 value)
{
	uint64		bits;

	if (isnan(value))
		return UINT64CONST(0x7ff8000000000000);
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/* Family 4 or 6, bits of the mask, the address. */
static void
put_inet(StringInfo out, Datum value)
{
	inet	   *address = DatumGetInetPP(value);
	uint8		head[2];
	int			size = ip_addrsize(address);

	head[0] = ip_family(address) == PGSQL_AF_INET ? 4 : 6;
	head[1] = ip_bits(address);
	leaf_put_u32(out, sizeof(head) + size);
	put(out, head, sizeof(head));
	put(out, ip_addr(address), size);
}

static void
put_varlena(StringInfo out, Datum value, bool is_text)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(value);

	if (is_text)
		put_text(out, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	else
		leaf_put_bytes(out, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
}

static void
put_jsonb(StringInfo out, Datum value)
{
	Jsonb	   *json = DatumGetJsonbP(value);
	StringInfoData text;

	initStringInfo(&text);
	(void) JsonbToCString(&text, &json->root, VARSIZE(json));
	put_text(out, text.data, text.len);
}

static void
put_value(const leaf_encoder *encoder, value_form form, Datum value,
		  StringInfo out)
{
	switch (form)
	{
		case FORM_BOOL:
			put_number(out, DatumGetBool(value), 1);
			break;
		case FORM_INT2:
			put_number(out, (uint16) DatumGetInt16(value), 2);
			break;
		case FORM_INT4:
			put_number(out, (uint32) DatumGetInt32(value), 4);
			break;
		case FORM_INT8:
			put_number(out, (uint64) DatumGetInt64(value), 8);
			break;
		case FORM_FLOAT8:
			put_number(out, float_bits(DatumGetFloat8(value)), 8);
			break;
		case FORM_TEXT:
		case FORM_BYTEA:
			put_varlena(out, value, form == FORM_TEXT);
			break;
		case FORM_UUID:
			leaf_put_bytes(out, DatumGetUUIDP(value), UUID_LEN);
			break;
		case FORM_NUMERIC:
			leaf_put_text(out, DatumGetCString(DirectFunctionCall1(numeric_out, value)));
			break;
		case FORM_JSONB:
			put_jsonb(out, value);
			break;
		case FORM_INET:
			put_inet(out, value);
			break;
		case FORM_SEND:
			put_varlena(out, FunctionCall1(encoder->send, value), false);
			break;
	}
}

void
leaf_encode(const leaf_encoder *encoder, uint32 version, int columns,
			const Datum *values, const bool *nulls, StringInfo out)
{
	uint8		head[2 + UUID_LEN + sizeof(uint32)] = {0x00, LEAF_ROW};

	version = pg_hton32(version);
	memcpy(head + 2, &encoder->table, UUID_LEN);
	memcpy(head + 2 + UUID_LEN, &version, sizeof(version));
	resetStringInfo(out);
	put(out, head, sizeof(head));
	for (int i = 0; i < columns; i++)
	{
		if (nulls[i])
			leaf_put_u32(out, PG_UINT32_MAX);
		else
			put_value(encoder, encoder->forms[i], values[i], out);
	}
}

void
digest_failed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
			 errmsg("OpenSSL could not compute a digest")));
}

void
leaf_hash(digest *d, const StringInfoData *form, uint8 hash[HASH_SIZE])
{
	if (!digest_of(d, form->data, form->len, hash))
		digest_failed();
}
