/*
 * csv.h
 *	  CSV files, read at run time from the tree's top.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV_COLUMNS 16
#define CSV_ROWS 1024

typedef struct csv_table
{
	char	   *text;			/* the whole file, cut into strings */
	int			rows;			/* without the head */
	const char *cell[CSV_ROWS][CSV_COLUMNS];	/* the head is row 0 */
} csv_table;

static inline char *
csv_slurp(const char *path)
{
	FILE	   *file = fopen(path, "rb");
	char	   *text = malloc(1 << 17);
	size_t		n;

	if (file == NULL || text == NULL)
	{
		fprintf(stderr, "%s: cannot be read; run from the tree's top\n", path);
		exit(2);
	}
	n = fread(text, 1, (1 << 17) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

/*
 * Cut the field at *at out of its line; *at goes behind it.  True when it was
 * the last of its line.
 */
static inline bool
csv_field(char **at, const char **field)
{
	char	   *in = *at;
	char	   *out = in;
	bool		quoted = *in == '"';
	char		end;

	*field = out;
	if (quoted)
		in++;
	while (*in != '\0' && (quoted || (*in != ',' && *in != '\n')))
	{
		if (quoted && *in == '"' && *++in != '"')
			quoted = false;
		else
			*out++ = *in++;
	}
	end = *in;
	*out = '\0';
	*at = end != '\0' ? in + 1 : in;
	return end != ',';
}

/* Not on the stack: it is large.  The caller frees it with csv_free. */
static inline csv_table *
csv_read_file(const char *path)
{
	csv_table  *table = calloc(1, sizeof(*table));
	char	   *at;

	if (table == NULL)
		exit(2);
	at = table->text = csv_slurp(path);
	for (int row = 0; *at != '\0' && row < CSV_ROWS; row++)
	{
		int			column = 0;

		while (!csv_field(&at, &table->cell[row][column]))
			if (column < CSV_COLUMNS - 1)
				column++;
		table->rows = row;
	}
	return table;
}

/* One of the code tables. */
static inline csv_table *
csv_read(const char *name)
{
	char		path[200];

	snprintf(path, sizeof(path), "src/codec/codes/%s.csv", name);
	return csv_read_file(path);
}

static inline void
csv_free(csv_table *table)
{
	free(table->text);
	free(table);
}

/* The cell of a row (from 0) under a head; "" when there is none. */
static inline const char *
csv_get(const csv_table *table, int row, const char *head)
{
	for (int i = 0; i < CSV_COLUMNS && table->cell[0][i] != NULL; i++)
		if (strcmp(table->cell[0][i], head) == 0)
			return table->cell[row + 1][i] != NULL ?
				table->cell[row + 1][i] : "";
	return "";
}

static inline int
csv_int(const csv_table *table, int row, const char *head)
{
	return atoi(csv_get(table, row, head));
}

static inline double
csv_number(const csv_table *table, int row, const char *head)
{
	return atof(csv_get(table, row, head));
}

#endif							/* CSV_H */
