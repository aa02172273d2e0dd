/*
 * json_writer.h
 *	  Writing a jsonb value key by key.
 *
 * A thin layer over pushJsonbValue so that callers read like the document
 * they write.  Strings and byte ranges must live until json_finish; all
 * memory is of the current context.
 */
#ifndef FIREIOT_JSON_WRITER_H
#define FIREIOT_JSON_WRITER_H

#include "base/compat.h"

#include "utils/jsonb.h"

typedef struct json_writer
{
	JsonbParseState *state;
	JsonbValue *last;
} json_writer;

/* key is NULL for an element of an array and for the outermost value. */
extern void json_begin_object(json_writer *out, const char *key);
extern void json_end_object(json_writer *out);
extern void json_begin_array(json_writer *out, const char *key);
extern void json_end_array(json_writer *out);

extern void json_null(json_writer *out, const char *key);
extern void json_bool(json_writer *out, const char *key, bool value);
extern void json_int(json_writer *out, const char *key, int64 value);

/* A string in the server's encoding; NULL gives null. */
extern void json_string(json_writer *out, const char *key, const char *value);

/* Bytes as lower-case hexadecimal digits. */
extern void json_hex(json_writer *out, const char *key, const uint8 *bytes,
					 int len);

/* The finished document; the outermost value has been ended. */
extern Jsonb *json_finish(json_writer *out);

#endif							/* FIREIOT_JSON_WRITER_H */
