/*
 * object_in.c
 *	  Information objects from jsonb, for encoding.
 */
#include "types/object_in.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "types/text_out.h"

/* The element that is being read. */
typedef struct object_in
{
	JsonbContainer *object;
	int			position;
	const gb_layout *layout;
	const gb_profile *profile;
} object_in;

/* Keys of the fields; the first of a field is the one that must be there. */
typedef struct field_key
{
	uint32		fields;
	const char *key;
} field_key;

static const field_key known_keys[] = {
	{GB_F_SYSTEM, "sys_type"},
	{GB_F_SYSTEM, "sys_addr"},
	{GB_F_COMP_TYPE, "comp_type"},
	{GB_F_COMP_ADDR, "comp_addr"},
	{GB_F_STATUS16 | GB_F_STATUS8, "status"},
	{GB_F_OPERATION, "op"},
	{GB_F_STATE, "bits"},
	{GB_F_OPERATOR, "operator"},
	{GB_F_ANALOG, "analog_type"},
	{GB_F_ANALOG, "raw"},
	{GB_F_ANALOG, "value"},
	{GB_F_ANALOG, "unit"},
	{GB_F_VERSION, "ver_main"},
	{GB_F_VERSION, "ver_minor"},
	{GB_F_RECORDS, "record_count"},
	{GB_F_RESERVED, "reserved"},
	{GB_F_MINUTES, "timeout_min"},
	{GB_F_TEXT31 | GB_F_TEXT_L, "desc"},
	{GB_F_TEXT31 | GB_F_TEXT_L, "desc_hex"},
	{GB_F_TEXT_L, "len"},
	{GB_F_OPAQUE, "opaque_hex"},
	{GB_F_TIME, "time"},
	{GB_F_START, "start_time"},
};

/* NULL when the key is not there or is null. */
static JsonbValue *
find(const object_in *in, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(in->object, key,
													 (int) strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* "Keys of type 21 are status, bits, time." */
static char *
key_list(const object_in *in)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < lengthof(known_keys); i++)
		if ((known_keys[i].fields & in->layout->fields) != 0)
			appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "",
							 known_keys[i].key);
	return psprintf("Keys of type %d are %s.", in->layout->type, list.data);
}

pg_noreturn static void
wrong_value(const object_in *in, const char *key, const char *wanted)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("objects[%d].%s is not %s", in->position, key, wanted),
			 errhint("SELECT fireiot.explain_frame(...) of a frame of type %d shows the form.",
					 in->layout->type)));
}

pg_noreturn static void
missing(const object_in *in, const char *key)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("objects[%d].%s is missing", in->position, key),
			 errdetail("An object of type %d carries it.", in->layout->type),
			 errhint("%s", key_list(in))));
}

/* Two keys that say the same thing say different things. */
pg_noreturn static void
disagreement(const object_in *in, const char *key, const char *other)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("objects[%d].%s and .%s do not agree",
					in->position, key, other),
			 errhint("Leave one of them out.")));
}

static char *
find_string(const object_in *in, const char *key)
{
	JsonbValue *value = find(in, key);

	if (value == NULL)
		return NULL;
	if (value->type != jbvString)
		wrong_value(in, key, "a string");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static int64
integer_of(const object_in *in, const char *key, const JsonbValue *value,
		   int64 low, int64 high)
{
	char	   *digits;
	char	   *end;
	int64		number;

	if (value->type != jbvNumeric)
		wrong_value(in, key, "a number");
	digits = DatumGetCString(DirectFunctionCall1(numeric_out,
												 NumericGetDatum(value->val.numeric)));
	errno = 0;
	number = strtoll(digits, &end, 10);
	if (errno != 0 || *end != '\0' || number < low || number > high)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("objects[%d].%s = %s does not fit", in->position, key,
						digits),
				 errdetail("It is a whole number from %lld to %lld.",
						   (long long) low, (long long) high)));
	return number;
}

/* A key of this number must be there. */
static int64
need_integer(const object_in *in, const char *key, int64 low, int64 high)
{
	JsonbValue *value = find(in, key);

	if (value == NULL)
		missing(in, key);
	return integer_of(in, key, value, low, high);
}

static void
refuse_unknown_key(const object_in *in, const JsonbValue *key)
{
	uint32		fields = in->layout->fields;

	/* explain_frame shows the head's time where the object has none */
	if (gb_profile_has(in->profile, GB_P_HEADER_TIME))
		fields |= GB_F_TIME;
	for (int i = 0; i < lengthof(known_keys); i++)
		if ((known_keys[i].fields & fields) != 0 &&
			strlen(known_keys[i].key) == (size_t) key->val.string.len &&
			memcmp(known_keys[i].key, key->val.string.val,
				   key->val.string.len) == 0)
			return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("objects[%d].%.*s is not known", in->position,
					key->val.string.len, key->val.string.val),
			 errdetail("An object of type %d carries no such key.",
					   in->layout->type),
			 errhint("%s", key_list(in))));
}

static void
refuse_unknown_keys(const object_in *in)
{
	JsonbIterator *it = JsonbIteratorInit(in->object);
	JsonbValue	v;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
		if (token == WJB_KEY)
			refuse_unknown_key(in, &v);
}

/* The key of a bit, by the profile or the standard; NULL: reserved. */
static const char *
key_of_bit(const object_in *in, int bit)
{
	int			kind = in->layout->state_kind;
	const gb_profile_bit *own = gb_profile_bit_of(in->profile, kind, bit);

	return own != NULL ? own->key : gb_bit_field_of(kind)->bit[bit].key;
}

static char *
bit_list(const object_in *in)
{
	const gb_bit_field *field = gb_bit_field_of(in->layout->state_kind);
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < field->width; i++)
		if (key_of_bit(in, i) != NULL)
			appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "",
							 key_of_bit(in, i));
	return list.data;
}

/* The bit of this key in the unit's field. */
static uint16
bit_of_key(const object_in *in, const JsonbValue *key)
{
	const gb_bit_field *field = gb_bit_field_of(in->layout->state_kind);

	if (key->type != jbvString)
		wrong_value(in, "bits", "an array of strings");
	for (int i = 0; i < field->width; i++)
	{
		const char *name = key_of_bit(in, i);

		if (name != NULL && strlen(name) == (size_t) key->val.string.len &&
			memcmp(name, key->val.string.val, key->val.string.len) == 0)
			return (uint16) (1 << i);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("objects[%d].bits holds \"%.*s\", which is no bit of type %d",
					in->position, key->val.string.len, key->val.string.val,
					in->layout->type),
			 errdetail("Bits of type %d are %s.", in->layout->type,
					   bit_list(in))));
	return 0;
}

static uint16
bits_of_keys(const object_in *in, const JsonbValue *keys)
{
	uint16		bits = 0;

	if (keys->type != jbvBinary || !JsonContainerIsArray(keys->val.binary.data))
		wrong_value(in, "bits", "an array of strings");
	for (uint32 i = 0; i < JsonContainerSize(keys->val.binary.data); i++)
		bits |= bit_of_key(in, getIthJsonbValueFromContainer(keys->val.binary.data, i));
	return bits;
}

pg_noreturn static void
refuse_reserved_bits(const object_in *in, uint32 bits)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("objects[%d] sets bit %d, which is reserved",
					in->position, pg_rightmost_one_pos32(bits)),
			 errdetail("Reserved bits of type %d must be 0.",
					   in->layout->type),
			 errhint("Give the bytes with app => to send it all the same.")));
}

/* Bits of the field that have a key, by the profile or the standard. */
static uint16
bits_with_key(const object_in *in)
{
	const gb_bit_field *field = gb_bit_field_of(in->layout->state_kind);
	uint16		bits = 0;

	for (int i = 0; i < field->width; i++)
		if (key_of_bit(in, i) != NULL)
			bits |= (uint16) (1 << i);
	return bits;
}

static void
read_state(const object_in *in, gb_object *o)
{
	uint32		fields = in->layout->fields;
	const char *key = (fields & GB_F_OPERATION) != 0 ? "op" : "status";
	JsonbValue *keys = find(in, "bits");
	uint16		named = keys != NULL ? bits_of_keys(in, keys) : 0;

	if (find(in, key) == NULL && keys != NULL)
		o->bits = named;
	else
	{
		o->bits = (uint16) need_integer(in, key, 0,
										(fields & GB_F_STATUS16) != 0 ? 0xffff : 0xff);
		if (keys != NULL && named != (o->bits & bits_with_key(in)))
			disagreement(in, key, "bits");
	}
	if ((o->bits & ~bits_with_key(in)) != 0)
		refuse_reserved_bits(in, o->bits & ~bits_with_key(in));
	if ((fields & GB_F_OPERATOR) != 0)
		o->number = (uint8) need_integer(in, "operator", 0, 255);
}

/* raw from the scaled value, which must be a whole number of steps. */
static int16
raw_of_value(const object_in *in, uint8 quantity, const char *value)
{
	char		shown[GB_DECIMAL_SIZE];
	double		scale = 1;
	double		steps;
	Datum		exact;

	if (quantity >= GB_QUANTITY_COUNT || !gb_quantities[quantity].scaled)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("objects[%d].value = %s cannot be scaled",
						in->position, value),
				 errdetail("Analogue type %d has no resolution in the standard.",
						   quantity),
				 errhint("Give raw, the 16-bit number that is sent.")));
	for (int i = 0; i < gb_quantities[quantity].decimals; i++)
		scale *= 10;
	exact = DirectFunctionCall3(numeric_in, CStringGetDatum(value),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	steps = rint(DatumGetFloat8(DirectFunctionCall1(numeric_float8, exact)) * scale);
	if (steps >= PG_INT16_MIN && steps <= PG_INT16_MAX)
	{
		gb_decimal(shown, (int16) steps, quantity);
		if (DatumGetBool(DirectFunctionCall2(numeric_eq, exact,
											 DirectFunctionCall3(numeric_in, CStringGetDatum(shown),
																 ObjectIdGetDatum(InvalidOid),
																 Int32GetDatum(-1)))))
			return (int16) steps;
	}
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("objects[%d].value = %s does not fit", in->position, value),
			 errdetail("Analogue type %d is sent as a 16-bit number of steps of 1/%d.",
					   quantity, (int) scale)));
	return 0;
}

static void
read_analog(const object_in *in, gb_object *o)
{
	JsonbValue *value = find(in, "value");
	bool		has_raw = find(in, "raw") != NULL;
	int16		scaled = 0;

	o->quantity = (uint8) need_integer(in, "analog_type", 0, 255);
	if (value != NULL)
		scaled = raw_of_value(in, o->quantity, value->type == jbvNumeric ?
							  DatumGetCString(DirectFunctionCall1(numeric_out,
																  NumericGetDatum(value->val.numeric))) :
							  find_string(in, "value"));
	if (!has_raw && value != NULL)
	{
		o->raw = scaled;
		return;
	}
	o->raw = (int16) need_integer(in, "raw", PG_INT16_MIN, PG_INT16_MAX);
	if (value != NULL && scaled != o->raw)
		disagreement(in, "raw", "value");
}

/* The unit is not sent; one that is not the quantity's is a mistake. */
static void
check_unit(const object_in *in, uint8 quantity)
{
	char	   *unit = find_string(in, "unit");

	if (unit != NULL &&
		(quantity >= GB_QUANTITY_COUNT || !gb_quantities[quantity].scaled ||
		 strcmp(unit, gb_quantities[quantity].unit) != 0))
		disagreement(in, "unit", "analog_type");
}

static void
read_numbers(const object_in *in, gb_object *o)
{
	uint32		fields = in->layout->fields;

	if ((fields & GB_F_ANALOG) != 0)
	{
		read_analog(in, o);
		check_unit(in, o->quantity);
	}
	if ((fields & GB_F_VERSION) != 0)
	{
		o->ver_main = (uint8) need_integer(in, "ver_main", 0, 255);
		o->ver_minor = (uint8) need_integer(in, "ver_minor", 0, 255);
	}
	if ((fields & GB_F_RECORDS) != 0)
		o->number = (uint8) need_integer(in, "record_count", 0, 102);
	if ((fields & GB_F_RESERVED) != 0 && find(in, "reserved") != NULL)
		o->number = (uint8) need_integer(in, "reserved", 0, 0);
	if ((fields & GB_F_MINUTES) != 0)
		o->number = (uint8) need_integer(in, "timeout_min", 0, 255);
}

/* Bytes of a key in hexadecimal; NULL when the key is not there. */
static uint8 *
find_hex(const object_in *in, const char *key, int *len)
{
	char	   *digits = find_string(in, key);
	uint8	   *bytes;

	if (digits == NULL)
		return NULL;
	bytes = palloc(strlen(digits) / 2 + 1);
	*len = (int) hex_decode(digits, strlen(digits), (char *) bytes);
	return bytes;
}

static void
set_field(const object_in *in, gb_object *o, const char *key,
		  const uint8 *bytes, int len, int limit)
{
	if (len > limit)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				 errmsg("objects[%d].%s has %d bytes on the wire",
						in->position, key, len),
				 errdetail("Type %d has room for %d bytes; a Chinese character takes two in GB 18030, some four.",
						   in->layout->type, limit)));
	o->field = bytes;
	o->field_len = (uint8) len;
}

/* A text that was changed beside its old bytes would be sent as it was. */
static void
check_text_of_bytes(const object_in *in, const char *text, const uint8 *bytes,
					int len)
{
	gb_warnings ignored = 0;
	char	   *meant = text_from_device(gb_text_locate(bytes, (uint16) len),
										 in->profile, &ignored);

	if (meant == NULL || strcmp(meant, text) != 0)
		disagreement(in, "desc", "desc_hex");
}

/* A length byte that is more than the text is filled up with NULs. */
static void
set_length(const object_in *in, gb_object *o, int len)
{
	uint8	   *filled = palloc0(len + 1);

	if (len < o->field_len)
		disagreement(in, "len", find(in, "desc_hex") != NULL ? "desc_hex" : "desc");
	memcpy(filled, o->field, o->field_len);
	o->field = filled;
	o->field_len = (uint8) len;
}

static void
read_text(const object_in *in, gb_object *o)
{
	int			limit = (in->layout->fields & GB_F_TEXT31) != 0 ? GB_TEXT_FIELD : 255;
	int			len = 0;
	uint8	   *bytes = find_hex(in, "desc_hex", &len);
	char	   *text = find_string(in, "desc");

	if (bytes != NULL)
	{
		set_field(in, o, "desc_hex", bytes, len, limit);
		if (text != NULL)
			check_text_of_bytes(in, text, bytes, len);
	}
	else
	{
		bytes = text_to_device(text != NULL ? text : "", in->profile, &len);
		set_field(in, o, "desc", bytes, len, limit);
	}
	if (find(in, "len") != NULL)
		set_length(in, o, (int) need_integer(in, "len", 0, 255));
}

static void
read_opaque(const object_in *in, gb_object *o)
{
	int			len = 0;
	uint8	   *bytes = find_hex(in, "opaque_hex", &len);

	if (bytes == NULL || len != in->layout->opaque)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("objects[%d].opaque_hex has %d bytes", in->position, len),
				 errdetail("An object of type %d carries %d.",
						   in->layout->type, in->layout->opaque)));
	set_field(in, o, "opaque_hex", bytes, len, in->layout->opaque);
}

/*
 * "2026-09-19T14:30:05", a blank for the T allowed; null is all zero, but
 * must be said.
 */
static void
read_time(const object_in *in, const char *key, gb_time *t)
{
	char	   *text = find_string(in, key);
	char		again[GB_TIME_TEXT_SIZE];
	int			year,
				month,
				day,
				hour,
				minute,
				second;

	memset(t, 0, sizeof(*t));
	if (getKeyJsonValueFromContainer(in->object, key, (int) strlen(key),
									 NULL) == NULL)
		missing(in, key);
	if (text == NULL)
		return;
	if (sscanf(text, "20%2d-%2d-%2d%*1[T ]%2d:%2d:%2d", &year, &month, &day,
			   &hour, &minute, &second) != 6)
		wrong_value(in, key, "a time like 2026-09-19T14:30:05 of the years 2000 to 2099");
	t->year = (uint8) year;
	t->month = (uint8) month;
	t->day = (uint8) day;
	t->hour = (uint8) hour;
	t->minute = (uint8) minute;
	t->second = (uint8) second;
	if (!gb_time_is_real(t))
		wrong_value(in, key, "a real date and time");
	/* written again it is the same, but for the blank */
	gb_time_to_text(t, again);
	if (text[10] == ' ')
		text[10] = 'T';
	if (strcmp(text, again) != 0)
		wrong_value(in, key, "a time like 2026-09-19T14:30:05");
}

void
object_from_json(JsonbContainer *array, int position, const gb_layout *layout,
				 const gb_profile *profile, gb_object *o)
{
	JsonbValue *element = getIthJsonbValueFromContainer(array, position);
	object_in	in = {NULL, position, layout, profile};
	uint32		fields = layout->fields;

	memset(o, 0, sizeof(*o));
	if (element->type != jbvBinary ||
		!JsonContainerIsObject(element->val.binary.data))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("objects[%d] is not an object", position),
				 errhint("For example: objects => '[{\"status\": 1, \"time\": \"2026-09-19T14:30:05\"}]'.")));
	in.object = element->val.binary.data;
	refuse_unknown_keys(&in);
	if ((fields & GB_F_SYSTEM) != 0)
	{
		o->sys_type = (uint8) need_integer(&in, "sys_type", 0, 255);
		o->sys_addr = (uint8) need_integer(&in, "sys_addr", 0, 255);
	}
	if ((fields & GB_F_COMP_TYPE) != 0)
		o->comp_type = (uint8) need_integer(&in, "comp_type", 0, 255);
	if ((fields & GB_F_COMP_ADDR) != 0)
		o->comp_addr = (uint32) need_integer(&in, "comp_addr", 0, PG_UINT32_MAX);
	if ((fields & GB_F_STATE) != 0)
		read_state(&in, o);
	read_numbers(&in, o);
	if ((fields & (GB_F_TEXT31 | GB_F_TEXT_L)) != 0)
		read_text(&in, o);
	if ((fields & GB_F_OPAQUE) != 0)
		read_opaque(&in, o);
	if ((fields & GB_F_TIME) != 0)
		read_time(&in, "time", &o->time);
	if ((fields & GB_F_START) != 0)
		read_time(&in, "start_time", &o->time);
}
