/*
 * alarm_state.c
 *	  SQL type fireiot.alarm_state: the bits of one status or operation field
 *	  of the protocol, and which field it is.
 *
 * In text and in arrays a bit has the key of the standard's table.  "bit9"
 * stands for a bit by its number: that is how a bit without a key is written,
 * and it is read for any bit, so that a dump still loads when a later version
 * gives the bit a key.
 */
#include "types/alarm_state.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"

#include "types/scalar.h"

#define EXAMPLE_HINT \
	"A state is written for example as 'component{fire,feedback}'."

#define MAX_BITS 16

/* "bit15" */
#define BIT_KEY_SIZE 6

/* Strategies of the GIN operator class; sql/once/23_alarm_state_gin.sql. */
#define GIN_CONTAINS 1			/* state @> state */
#define GIN_OVERLAPS 2			/* state && state */
#define GIN_HAS 3				/* state ? key */

/* Characters inside the text that is being read. */
typedef struct token
{
	const char *at;
	int			len;
} token;

/* The field of a stored value: recv has let nothing else in. */
static const gb_bit_field *
field_of(alarm_state state)
{
	const gb_bit_field *field = gb_bit_field_of(state_kind_of(state));

	if (field == NULL)
		elog(ERROR, "alarm state of unknown kind %d", state_kind_of(state));
	return field;
}

/* The key of a bit: the table's, or "bit9" in the caller's buffer. */
static const char *
bit_key(const gb_bit_field *field, int bit, char buf[BIT_KEY_SIZE])
{
	if (field->bit[bit].key != NULL)
		return field->bit[bit].key;
	snprintf(buf, BIT_KEY_SIZE, "bit%d", bit);
	return buf;
}

/* All keys of a field as one text, for errdetail. */
static char *
keys_of_field(const gb_bit_field *field)
{
	StringInfoData list;
	char		buf[BIT_KEY_SIZE];

	initStringInfo(&list);
	for (int i = 0; i < field->width; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "",
						 bit_key(field, i, buf));
	return list.data;
}

/* The kinds, or each kind with its keys, as one text, for errdetail. */
static char *
list_kinds(bool with_keys)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < GB_BIT_FIELD_COUNT; i++)
	{
		const gb_bit_field *field = &gb_bit_fields[i].field;

		if (i > 0)
			appendStringInfoString(&list, with_keys ? "; " : ", ");
		appendStringInfoString(&list, field->key);
		if (with_keys)
			appendStringInfo(&list, ": %s", keys_of_field(field));
	}
	return list.data;
}

/* The number of "bit0" .. "bit99"; -1 for anything else. */
static int
bit_by_number(token key)
{
	const char *at;
	int64		number;

	if (key.len < 4 || key.len > 5 || memcmp(key.at, "bit", 3) != 0)
		return -1;
	at = key.at + 3;
	if (!scan_number(&at, &number) || at != key.at + key.len)
		return -1;
	return key.len == 5 && number < 10 ? -1 : (int) number;
}

/*
 * The bit of a key in a field; -1 when the field has no such key.  A bit
 * given by its number may lie beyond the field's width.
 */
static int
find_bit(const gb_bit_field *field, token key)
{
	for (int i = 0; i < field->width; i++)
		if (field->bit[i].key != NULL &&
			strlen(field->bit[i].key) == (size_t) key.len &&
			memcmp(field->bit[i].key, key.at, key.len) == 0)
			return i;
	return bit_by_number(key);
}

/*
 * Set the bit of a key.  A bad key is reported to context and gives false;
 * sqlstate is what the caller calls an unknown key.
 */
static bool
add_key(const gb_bit_field *field, token key, uint16 *bits,
		Node *context, int sqlstate)
{
	int			bit = find_bit(field, key);

	if (bit < 0)
		ereturn(context, false,
				(errcode(sqlstate),
				 errmsg("alarm state kind \"%s\" has no key \"%.*s\"",
						field->key, key.len, key.at),
				 errdetail("Its keys are %s.", keys_of_field(field)),
				 errhint(EXAMPLE_HINT)));
	if (bit >= field->width)
		ereturn(context, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bit %d is beyond alarm state kind \"%s\"",
						bit, field->key),
				 errdetail("It has %d bits, bit0 to bit%d.",
						   field->width, field->width - 1),
				 errhint(EXAMPLE_HINT)));
	*bits |= (uint16) (1 << bit);
	return true;
}

/* The field that a name stands for; the same rules as add_key's. */
static const gb_bit_field *
find_kind(token name, gb_state_kind *kind, Node *context, int sqlstate)
{
	const gb_bit_field *field = gb_bit_field_find(name.at, name.len, kind);

	if (field == NULL)
		ereturn(context, NULL,
				(errcode(sqlstate),
				 errmsg("alarm state kind \"%.*s\" does not exist",
						name.len, name.at),
				 errdetail("Kinds are %s.", list_kinds(false)),
				 errhint(EXAMPLE_HINT)));
	return field;
}

/* The next word and the blanks around it; *at moves behind. */
static token
next_token(const char **at)
{
	token		word = {skip_blanks(*at), 0};

	while (strchr("{},", word.at[word.len]) == NULL &&
		   !scanner_isspace(word.at[word.len]))
		word.len++;
	*at = skip_blanks(word.at + word.len);
	return word;
}

/* Is it a name, then words between commas in braces?  None is looked up. */
static bool
well_formed(const char *str)
{
	token		word = next_token(&str);

	if (word.len == 0 || *str != '{')
		return false;
	str++;
	word = next_token(&str);
	while (*str == ',' && word.len > 0)
	{
		str++;
		word = next_token(&str);
		if (word.len == 0)
			return false;
	}
	return *str == '}' && *skip_blanks(str + 1) == '\0';
}

/* Read a well-formed text; false when context has been told what is wrong. */
static bool
read_state(const char *str, alarm_state *state, Node *context)
{
	const int	sqlstate = ERRCODE_INVALID_TEXT_REPRESENTATION;
	gb_state_kind kind;
	const gb_bit_field *field = find_kind(next_token(&str), &kind, context,
										  sqlstate);
	uint16		bits = 0;

	if (field == NULL)
		return false;
	do
	{
		token		key;

		str++;					/* the brace or a comma */
		key = next_token(&str);
		if (key.len > 0 && !add_key(field, key, &bits, context, sqlstate))
			return false;
	} while (*str == ',');
	*state = alarm_state_make(kind, bits);
	return true;
}

PG_FUNCTION_INFO_V1(alarm_state_in);
Datum
alarm_state_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	alarm_state state;

	if (!well_formed(str))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"fireiot.alarm_state", str),
				 errdetail("An alarm state is KIND{KEY,KEY...}, with no key when no bit is set."),
				 errhint(EXAMPLE_HINT)));
	if (!read_state(str, &state, fcinfo->context))
		return (Datum) 0;
	PG_RETURN_ALARM_STATE(state);
}

PG_FUNCTION_INFO_V1(alarm_state_out);
Datum
alarm_state_out(PG_FUNCTION_ARGS)
{
	alarm_state state = PG_GETARG_ALARM_STATE(0);
	const gb_bit_field *field = field_of(state);
	char		separator = '{';
	char		buf[BIT_KEY_SIZE];
	StringInfoData str;

	initStringInfo(&str);
	appendStringInfoString(&str, field->key);
	for (int i = 0; i < field->width; i++)
		if ((state_bits_of(state) >> i & 1) != 0)
		{
			appendStringInfoChar(&str, separator);
			appendStringInfoString(&str, bit_key(field, i, buf));
			separator = ',';
		}
	appendStringInfoString(&str, separator == '{' ? "{}" : "}");
	PG_RETURN_CSTRING(str.data);
}

PG_FUNCTION_INFO_V1(alarm_state_recv);
Datum
alarm_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	uint32		number = pq_getmsgint(buf, 4);

	if (!alarm_state_valid(number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s",
						"fireiot.alarm_state"),
				 errdetail("The two high bytes must be the number of a kind, the two low bytes no more bits than it has.")));
	PG_RETURN_ALARM_STATE(number);
}

PG_FUNCTION_INFO_V1(alarm_state_send);
Datum
alarm_state_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, PG_GETARG_ALARM_STATE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static token
token_of_text(const text *word)
{
	const char *str = text_to_cstring(word);
	token		result = {str, (int) strlen(str)};

	return result;
}

PG_FUNCTION_INFO_V1(alarm_state_from_bits);
Datum
alarm_state_from_bits(PG_FUNCTION_ARGS)
{
	int32		bits = PG_GETARG_INT32(1);
	gb_state_kind kind;
	const gb_bit_field *field;

	field = find_kind(token_of_text(PG_GETARG_TEXT_PP(0)), &kind, NULL,
					  ERRCODE_INVALID_PARAMETER_VALUE);
	if (bits < 0 || bits >> field->width != 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("argument bits is out of range: %d", bits),
				 errdetail("Alarm state kind \"%s\" has %d bits: a number from 0 to %d.",
						   field->key, field->width, (1 << field->width) - 1),
				 errhint("Write for example fireiot.alarm_state('component', 66), which is component{fire,feedback}.")));
	PG_RETURN_ALARM_STATE(alarm_state_make(kind, (uint16) bits));
}

PG_FUNCTION_INFO_V1(alarm_state_from_keys);
Datum
alarm_state_from_keys(PG_FUNCTION_ARGS)
{
	gb_state_kind kind;
	const gb_bit_field *field;
	Datum	   *keys;
	bool	   *nulls;
	int			n;
	uint16		bits = 0;

	field = find_kind(token_of_text(PG_GETARG_TEXT_PP(0)), &kind, NULL,
					  ERRCODE_INVALID_PARAMETER_VALUE);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false,
					  TYPALIGN_INT, &keys, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a key of an alarm state cannot be null"),
					 errhint("Take nulls out with array_remove(keys, NULL).")));
		add_key(field, token_of_text(DatumGetTextPP(keys[i])), &bits, NULL,
				ERRCODE_INVALID_PARAMETER_VALUE);
	}
	PG_RETURN_ALARM_STATE(alarm_state_make(kind, bits));
}

PG_FUNCTION_INFO_V1(alarm_state_kind);
Datum
alarm_state_kind(PG_FUNCTION_ARGS)
{
	const gb_bit_field *field = field_of(PG_GETARG_ALARM_STATE(0));

	PG_RETURN_TEXT_P(cstring_to_text(field->key));
}

PG_FUNCTION_INFO_V1(alarm_state_bits);
Datum
alarm_state_bits(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(state_bits_of(PG_GETARG_ALARM_STATE(0)));
}

PG_FUNCTION_INFO_V1(alarm_state_class);
Datum
alarm_state_class(PG_FUNCTION_ARGS)
{
	alarm_state state = PG_GETARG_ALARM_STATE(0);
	const char *key = gb_alarm_class_key(gb_alarm_class_of(state_kind_of(state),
														   state_bits_of(state)));

	if (key == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(key));
}

/*
 * The set bits as text[]: by name in a language, or by key when it is NULL
 * and for a bit that has no name.
 */
static ArrayType *
set_bits(alarm_state state, const gb_language *language)
{
	const gb_bit_field *field = field_of(state);
	Datum		words[MAX_BITS];
	int			n = 0;

	for (int i = 0; i < field->width; i++)
	{
		char		buf[BIT_KEY_SIZE];
		const char *word = bit_key(field, i, buf);

		if ((state_bits_of(state) >> i & 1) == 0)
			continue;
		if (language != NULL && field->bit[i].name[*language] != NULL)
			word = field->bit[i].name[*language];
		words[n++] = CStringGetTextDatum(word);
	}
	return construct_array(words, n, TEXTOID, -1, false, TYPALIGN_INT);
}

PG_FUNCTION_INFO_V1(alarm_state_keys);
Datum
alarm_state_keys(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(set_bits(PG_GETARG_ALARM_STATE(0), NULL));
}

PG_FUNCTION_INFO_V1(alarm_state_names);
Datum
alarm_state_names(PG_FUNCTION_ARGS)
{
	gb_language language = language_from_text(PG_GETARG_TEXT_PP(1));

	PG_RETURN_ARRAYTYPE_P(set_bits(PG_GETARG_ALARM_STATE(0), &language));
}

static bool
contains(alarm_state a, alarm_state b)
{
	return state_kind_of(a) == state_kind_of(b) &&
		(state_bits_of(b) & ~state_bits_of(a)) == 0;
}

PG_FUNCTION_INFO_V1(alarm_state_contains);
Datum
alarm_state_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contains(PG_GETARG_ALARM_STATE(0),
							PG_GETARG_ALARM_STATE(1)));
}

PG_FUNCTION_INFO_V1(alarm_state_contained);
Datum
alarm_state_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contains(PG_GETARG_ALARM_STATE(1),
							PG_GETARG_ALARM_STATE(0)));
}

PG_FUNCTION_INFO_V1(alarm_state_overlaps);
Datum
alarm_state_overlaps(PG_FUNCTION_ARGS)
{
	alarm_state a = PG_GETARG_ALARM_STATE(0);
	alarm_state b = PG_GETARG_ALARM_STATE(1);

	PG_RETURN_BOOL(state_kind_of(a) == state_kind_of(b) &&
				   (state_bits_of(a) & state_bits_of(b)) != 0);
}

/* Raises when two states have not the same kind. */
static gb_state_kind
common_kind(alarm_state a, alarm_state b)
{
	if (state_kind_of(a) != state_kind_of(b))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("alarm states of kinds \"%s\" and \"%s\" cannot be combined",
						field_of(a)->key, field_of(b)->key),
				 errdetail("The same bit means different things in different kinds."),
				 errhint("Combine states of one kind, for example 'component{fire}' and 'component{feedback}'.")));
	return (gb_state_kind) state_kind_of(a);
}

/* State and state to state of the same kind. */
#define COMBINING_FUNCTION(name, op) \
PG_FUNCTION_INFO_V1(alarm_state_##name); \
Datum \
alarm_state_##name(PG_FUNCTION_ARGS) \
{ \
	alarm_state a = PG_GETARG_ALARM_STATE(0); \
	alarm_state b = PG_GETARG_ALARM_STATE(1); \
\
	PG_RETURN_ALARM_STATE(alarm_state_make(common_kind(a, b), \
										   state_bits_of(a) op state_bits_of(b))); \
}

COMBINING_FUNCTION(union, |)
COMBINING_FUNCTION(intersection, &)
COMBINING_FUNCTION(difference, & ~)

/* One bit of one kind: what GIN indexes. */
static inline int32
bit_entry(int kind, int bit)
{
	return kind << 8 | bit;
}

static Datum *
entries_of_state(alarm_state state, int32 *count)
{
	Datum	   *entries = palloc(MAX_BITS * sizeof(Datum));

	*count = 0;
	for (int i = 0; i < MAX_BITS; i++)
		if ((state_bits_of(state) >> i & 1) != 0)
			entries[(*count)++] =
				Int32GetDatum(bit_entry(state_kind_of(state), i));
	return entries;
}

/* The key's bit in each kind that has it; raises when none has. */
static Datum *
entries_of_key(const text *name, int32 *count)
{
	token		key = token_of_text(name);
	Datum	   *entries = palloc(GB_BIT_FIELD_COUNT * sizeof(Datum));

	*count = 0;
	for (int i = 0; i < GB_BIT_FIELD_COUNT; i++)
	{
		int			bit = find_bit(&gb_bit_fields[i].field, key);

		if (bit >= 0 && bit < gb_bit_fields[i].field.width)
			entries[(*count)++] =
				Int32GetDatum(bit_entry((int) gb_bit_fields[i].kind, bit));
	}
	if (*count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no kind of alarm state has key \"%s\"", key.at),
				 errdetail("Keys are, by kind: %s.", list_kinds(true)),
				 errhint("Write for example fireiot.has(state, 'fire').")));
	return entries;
}

PG_FUNCTION_INFO_V1(alarm_state_has);
Datum
alarm_state_has(PG_FUNCTION_ARGS)
{
	alarm_state state = PG_GETARG_ALARM_STATE(0);
	const text *name = PG_GETARG_TEXT_PP(1);
	const gb_bit_field *field = field_of(state);
	int			bit = find_bit(field, token_of_text(name));
	int32		kinds;

	if (bit >= 0 && bit < field->width)
		PG_RETURN_BOOL((state_bits_of(state) >> bit & 1) != 0);
	/* another kind's key is an answer, nobody's is an error */
	entries_of_key(name, &kinds);
	PG_RETURN_BOOL(false);
}

PG_FUNCTION_INFO_V1(alarm_state_gin_extract_value);
Datum
alarm_state_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);

	PG_RETURN_POINTER(entries_of_state(PG_GETARG_ALARM_STATE(0), count));
}

PG_FUNCTION_INFO_V1(alarm_state_gin_extract_query);
Datum
alarm_state_gin_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	int32	   *search_mode = (int32 *) PG_GETARG_POINTER(6);
	Datum	   *entries;

	if (strategy == GIN_HAS)
		PG_RETURN_POINTER(entries_of_key(PG_GETARG_TEXT_PP(0), count));
	entries = entries_of_state(PG_GETARG_ALARM_STATE(0), count);
	/* every state of the kind contains the empty one, an empty state too */
	if (strategy == GIN_CONTAINS && *count == 0)
		*search_mode = GIN_SEARCH_MODE_ALL;
	PG_RETURN_POINTER(entries);
}

/*
 * What the entries that are there say about a strategy, in ternary logic:
 * contains needs all of them, the others one.
 */
static GinTernaryValue
judge(const GinTernaryValue *check, int32 count, StrategyNumber strategy)
{
	bool		need_all = strategy == GIN_CONTAINS;
	GinTernaryValue decisive = need_all ? GIN_FALSE : GIN_TRUE;
	GinTernaryValue result = need_all ? GIN_TRUE : GIN_FALSE;

	/* the kind of an empty state is in no entry */
	if (need_all && count == 0)
		return GIN_MAYBE;
	for (int i = 0; i < count; i++)
	{
		if (check[i] == decisive)
			return decisive;
		if (check[i] == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

PG_FUNCTION_INFO_V1(alarm_state_gin_consistent);
Datum
alarm_state_gin_consistent(PG_FUNCTION_ARGS)
{
	/* bool and GinTernaryValue agree on true and false */
	const GinTernaryValue *check =
		(const GinTernaryValue *) PG_GETARG_POINTER(0);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	GinTernaryValue verdict = judge(check, PG_GETARG_INT32(3),
									PG_GETARG_UINT16(1));

	*recheck = verdict == GIN_MAYBE;
	PG_RETURN_BOOL(verdict != GIN_FALSE);
}

PG_FUNCTION_INFO_V1(alarm_state_gin_triconsistent);
Datum
alarm_state_gin_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check =
		(const GinTernaryValue *) PG_GETARG_POINTER(0);

	PG_RETURN_GIN_TERNARY_VALUE(judge(check, PG_GETARG_INT32(3),
									  PG_GETARG_UINT16(1)));
}

SCALAR_ORDER_FUNCTIONS(alarm_state, PG_GETARG_ALARM_STATE)
SCALAR_HASH_FUNCTIONS(alarm_state, PG_GETARG_ALARM_STATE)
