/*
 * script.c
 *	  Reading scripts.
 *
 * A line has fields with | between: when, what, and what is told of it in
 * Chinese and English.  Instead of a time, "part" names a part for the lines
 * below.
 */
#include "script.h"

#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 4				/* when, what, 中文, English */
#define WORDS 4					/* of what */
#define PART_ROOM 24

typedef struct part
{
	char	   *name;
	gb_object	object;
	uint8_t		text[GB_TEXT_FIELD];
} part;

typedef struct reader
{
	const char *name;			/* of the script */
	int			line;
	sim_script *script;
	part	   *part;
	size_t		parts;
	iconv_t		to_gb18030;
} reader;

static void
complain(const reader *r, const char *what, const char *about)
{
	sim_die(SIM_USAGE, "%s, line %d: %s: \"%s\"", r->name, r->line, what,
			about);
}

/* Words */

/* A field without the blanks around it; cut off in place. */
static char *
trim(char *text)
{
	char	   *end;

	text += strspn(text, " \t\r");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]) != NULL)
		*--end = '\0';
	return text;
}

/* Split in place at any of the marks; returns how many pieces there are. */
static int
split(char *text, const char *marks, char **piece, int most)
{
	int			count = 0;
	char	   *left;

	for (char *at = strtok_r(text, marks, &left); at != NULL;
		 at = strtok_r(NULL, marks, &left))
		if (count++ < most)
			piece[count - 1] = trim(at);
	return count;
}

/* A number that ends the text. */
static uint32_t
number_of(const reader *r, const char *text, uint32_t most)
{
	char	   *end;
	unsigned long long number = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || number > most)
		complain(r, "no number that fits", text);
	return (uint32_t) number;
}

/* "1.1": system type and address. */
static void
read_system(const reader *r, const char *text, gb_object *object)
{
	unsigned	type;
	unsigned	address;
	int			used = 0;

	if (sscanf(text, "%3u.%3u%n", &type, &address, &used) != 2 ||
		text[used] != '\0' || type > 255 || address > 255)
		complain(r, "no system, such as 1.1", text);
	object->sys_type = (uint8_t) type;
	object->sys_addr = (uint8_t) address;
}

/* "1.1/42.65537": system, component type and address. */
static void
read_part_address(const reader *r, const char *text, gb_object *object)
{
	char		system[PART_ROOM];
	unsigned	type;
	uint32_t	address;
	int			used = 0;

	if (sscanf(text, "%8[0-9.]/%3u.%" SCNu32 "%n", system, &type, &address,
			   &used) != 3 || text[used] != '\0' || type > 255)
		complain(r, "no part, such as 1.1/42.65537", text);
	read_system(r, system, object);
	object->comp_type = (uint8_t) type;
	object->comp_addr = address;
}

/* "normal,fire": bits by the keys of the state kind. */
static uint16_t
read_bits(const reader *r, char *text, gb_state_kind kind)
{
	const gb_bit_field *field = gb_bit_field_of(kind);
	char	   *key[16];
	int			count = split(text, ",", key, 16);
	uint16_t	bits = 0;

	for (int i = 0; i < count && i < 16; i++)
	{
		int			bit = 0;

		if (strcmp(key[i], "none") == 0)
			continue;
		while (bit < field->width && (field->bit[bit].key == NULL ||
									  strcmp(field->bit[bit].key, key[i]) != 0))
			bit++;
		if (bit == field->width)
			complain(r, "no such bit here", key[i]);
		bits |= (uint16_t) (1 << bit);
	}
	return bits;
}

/* A decimal as raw steps of the quantity. */
static int16_t
read_value(const reader *r, const char *text, uint8_t quantity)
{
	double		scale = 1;
	double		raw;
	char	   *end;

	if (quantity < GB_QUANTITY_COUNT)
		for (int i = 0; i < gb_quantities[quantity].decimals; i++)
			scale *= 10;
	raw = strtod(text, &end) * scale;
	if (end == text || *end != '\0' || !(raw >= -32768 && raw <= 32767))
		complain(r, "no value that fits", text);
	return (int16_t) (raw < 0 ? raw - 0.5 : raw + 0.5);
}

/* What devices send: GB 18030, no more than the field holds. */
static void
read_text(const reader *r, char *text, part *part)
{
	char	   *in = text;
	size_t		in_left = strlen(text);
	char	   *out = (char *) part->text;
	size_t		out_left = sizeof(part->text);

	if (iconv(r->to_gb18030, &in, &in_left, &out, &out_left) == (size_t) -1)
		complain(r, "no UTF-8, or more than 31 bytes in GB 18030", text);
	part->object.field_len = (uint8_t) (sizeof(part->text) - out_left);
}

/* Lines */

static part *
find_part(const reader *r, const char *name)
{
	for (size_t i = 0; i < r->parts; i++)
		if (strcmp(r->part[i].name, name) == 0)
			return &r->part[i];
	complain(r, "no part line above names it", name);
	return NULL;
}

static void
read_part(reader *r, char **field, int fields)
{
	char	   *word[WORDS];
	part	   *new = &r->part[r->parts];

	if (fields < 3 || split(field[1], " \t", word, WORDS) != 2)
		complain(r, "wanted is part | NAME ADDRESS | TEXT", field[0]);
	new->name = word[0];
	read_part_address(r, word[1], &new->object);
	read_text(r, field[2], new);
	new->object.field = new->text;
	r->parts++;
}

/* Minutes and seconds. */
static int64_t
read_time(const reader *r, const char *text)
{
	unsigned	minutes;
	double		seconds;
	int			used = 0;

	if (sscanf(text, "%5u:%lf%n", &minutes, &seconds, &used) != 2 ||
		text[used] != '\0' || !(seconds >= 0 && seconds < 60))
		complain(r, "no time, such as 1:05", text);
	return minutes * 60 * SIM_SECOND + (int64_t) (seconds * SIM_SECOND);
}

/* What the words behind a statement's first say. */
typedef enum argument
{
	NOTHING = 0,
	PART,
	SYSTEM,
	BITS,
	OPERATOR,
	QUANTITY,
	VALUE
} argument;

static const struct statement
{
	const char *name;
	uint8_t		type;			/* of the data unit */
	argument	argument[WORDS - 1];
}			statements[] = {
	{"system", 1, {SYSTEM, BITS}},
	{"state", 2, {PART, BITS}},
	{"value", 3, {PART, QUANTITY, VALUE}},
	{"operation", 4, {SYSTEM, BITS, OPERATOR}},
	{"device", 21, {BITS}},
	{"duty", 24, {BITS, OPERATOR}},
};

#define STATEMENTS (sizeof(statements) / sizeof(statements[0]))

static const struct statement *
find_statement(const reader *r, const char *name)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		if (strcmp(statements[i].name, name) == 0)
			return &statements[i];
	complain(r, "not system, state, value, operation, device or duty", name);
	return NULL;
}

static void
read_argument(const reader *r, argument kind, char *word, sim_step *step)
{
	gb_object  *object = &step->object;

	switch (kind)
	{
		case NOTHING:
			complain(r, "one word too many", word);
			break;
		case PART:
			*object = find_part(r, word)->object;
			break;
		case SYSTEM:
			read_system(r, word, object);
			break;
		case BITS:
			object->bits = read_bits(r, word,
									 (gb_state_kind) step->layout->state_kind);
			break;
		case OPERATOR:
			object->number = (uint8_t) number_of(r, word, 255);
			break;
		case QUANTITY:
			object->quantity = (uint8_t) number_of(r, word, 255);
			break;
		case VALUE:
			object->raw = read_value(r, word, object->quantity);
			break;
	}
}

static void
read_step(reader *r, char **field, int fields)
{
	sim_step   *step = &r->script->step[r->script->count];
	const struct statement *statement;
	char	   *word[WORDS];
	int			words;

	if (fields < 2)
		complain(r, "wanted is TIME | STATEMENT", field[0]);
	step->at = read_time(r, field[0]);
	if (r->script->count > 0 && step->at < step[-1].at)
		complain(r, "earlier than the line above", field[0]);
	words = split(field[1], " \t", word, WORDS);
	statement = find_statement(r, words > 0 ? word[0] : "");
	step->layout = gb_layout_standard(statement->type);
	for (int i = 0; i < WORDS - 1; i++)
		if (i + 1 < words)
			read_argument(r, statement->argument[i], word[i + 1], step);
		else if (statement->argument[i] != NOTHING)
			complain(r, "more words are wanted", statement->name);
	if (words > WORDS)
		complain(r, "too many words", statement->name);
	step->told[GB_ZH] = fields > 2 ? field[2] : statement->name;
	step->told[GB_EN] = fields > 3 ? field[3] : "";
	r->script->count++;
}

static void
read_line(reader *r, char *line)
{
	char	   *field[FIELDS];
	int			fields;

	r->line++;
	line = trim(line);
	if (*line == '\0' || *line == '#')
		return;
	fields = split(line, "|", field, FIELDS);
	if (fields > FIELDS)
		complain(r, "more than four fields", field[0]);
	if (strcmp(field[0], "part") == 0)
		read_part(r, field, fields);
	else
		read_step(r, field, fields);
}

static size_t
count_lines(const char *text)
{
	size_t		lines = 1;

	while ((text = strchr(text, '\n')) != NULL)
	{
		lines++;
		text++;
	}
	return lines;
}

/* Steps point to the text of their lines and to the parts. */
void
sim_script_read(sim_script *script, const char *text, const char *name)
{
	size_t		lines = count_lines(text);
	size_t		part_bytes = lines * sizeof(part);
	reader		r = {.name = name, .script = script};
	char	   *line;

	r.to_gb18030 = iconv_open("GB18030", "UTF-8");
	if (r.to_gb18030 == (iconv_t) -1)
		sim_die(SIM_USAGE, "the C library cannot convert to GB 18030; its gconv "
				"modules are wanted (Debian: libc-gconv-modules-extra)");
	script->count = 0;
	script->step = sim_alloc(lines, sizeof(sim_step));
	script->memory = sim_alloc(1, part_bytes + strlen(text) + 1);
	r.part = script->memory;
	line = strcpy((char *) script->memory + part_bytes, text);
	while (line != NULL)
	{
		char	   *next = strchr(line, '\n');

		if (next != NULL)
			*next++ = '\0';
		read_line(&r, line);
		line = next;
	}
	iconv_close(r.to_gb18030);
	if (script->count == 0)
		sim_die(SIM_USAGE, "%s: nothing happens in it", name);
}

void
sim_script_free(sim_script *script)
{
	free(script->step);
	free(script->memory);
}

size_t
sim_script_frame(const sim_step *step, sim_fleet *fleet, uint8_t *out)
{
	uint8_t    *app = out + GB_AT_APP;
	gb_object	object = step->object;
	uint16_t	len = 2;

	object.time = sim_fleet_time(fleet, 0);
	app[0] = step->layout->type;
	app[1] = 1;
	len += gb_object_encode(step->layout, NULL, &object, app + 2,
							GB_MAX_APP - 2);
	return sim_fleet_frame(fleet, 0, GB_CMD_SEND, len, out);
}
