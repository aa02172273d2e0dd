/*
 * json_writer.c
 *	  Writing a jsonb value key by key.
 */
#include "types/json_writer.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

static void
push_key(json_writer *out, const char *key)
{
	JsonbValue	k;

	if (key == NULL)
		return;
	k.type = jbvString;
	k.val.string.val = unconstify(char *, key);
	k.val.string.len = (int) strlen(key);
	pushJsonbValue(&out->state, WJB_KEY, &k);
}

static void
push_scalar(json_writer *out, const char *key, JsonbValue *value)
{
	push_key(out, key);
	pushJsonbValue(&out->state, key != NULL ? WJB_VALUE : WJB_ELEM, value);
}

void
json_begin_object(json_writer *out, const char *key)
{
	push_key(out, key);
	pushJsonbValue(&out->state, WJB_BEGIN_OBJECT, NULL);
}

void
json_end_object(json_writer *out)
{
	out->last = pushJsonbValue(&out->state, WJB_END_OBJECT, NULL);
}

void
json_begin_array(json_writer *out, const char *key)
{
	push_key(out, key);
	pushJsonbValue(&out->state, WJB_BEGIN_ARRAY, NULL);
}

void
json_end_array(json_writer *out)
{
	out->last = pushJsonbValue(&out->state, WJB_END_ARRAY, NULL);
}

void
json_null(json_writer *out, const char *key)
{
	JsonbValue	v;

	v.type = jbvNull;
	push_scalar(out, key, &v);
}

void
json_bool(json_writer *out, const char *key, bool value)
{
	JsonbValue	v;

	v.type = jbvBool;
	v.val.boolean = value;
	push_scalar(out, key, &v);
}

void
json_int(json_writer *out, const char *key, int64 value)
{
	JsonbValue	v;

	v.type = jbvNumeric;
	v.val.numeric = int64_to_numeric(value);
	push_scalar(out, key, &v);
}

void
json_string(json_writer *out, const char *key, const char *value)
{
	JsonbValue	v;

	if (value == NULL)
	{
		json_null(out, key);
		return;
	}
	v.type = jbvString;
	v.val.string.val = unconstify(char *, value);
	v.val.string.len = (int) strlen(value);
	push_scalar(out, key, &v);
}

void
json_hex(json_writer *out, const char *key, const uint8 *bytes, int len)
{
	char	   *digits = palloc(2 * len + 1);

	digits[hex_encode((const char *) bytes, len, digits)] = '\0';
	json_string(out, key, digits);
}

Jsonb *
json_finish(json_writer *out)
{
	return JsonbValueToJsonb(out->last);
}
