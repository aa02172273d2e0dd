/*
 * mainland_table.h
 *	  The outline of mainland.csv, and which cells of a grid it runs through.
 */
#ifndef GD_MAINLAND_TABLE_H
#define GD_MAINLAND_TABLE_H

#include <stdint.h>

typedef struct gd_outline
{
	double		west;
	double		east;
	double		south;
	double		north;
	int			cells_a_degree;
	int			first_row;		/* floor(south * cells_a_degree) */
	int			first_column;	/* floor(west * cells_a_degree) */
	int			columns;
} gd_outline;

#define GD_CELL_OUTSIDE 'O'
#define GD_CELL_INSIDE 'I'
#define GD_CELL_EDGE 'E'

/* From the lower end to the upper one, where it goes east by slope a degree. */
typedef struct gd_edge
{
	double		lon;			/* of the lower end */
	double		low;
	double		high;
	double		slope;
} gd_edge;

extern const gd_outline gd_mainland;

/* Row by row from the south, each from west to east. */
extern const char gd_mainland_cell[];

/* The edges of row i are those from row[i] on, up to row[i + 1]. */
extern const uint16_t gd_mainland_row[];
extern const gd_edge gd_mainland_edge[];

#endif							/* GD_MAINLAND_TABLE_H */
