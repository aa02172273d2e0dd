/*
 * mainland.c
 *	  Is a place inside the outline?  Most cells of the grid know; in the
 *	  others a ray to the east decides, by the edges of the row of cells.
 */
#include "geodesy/mainland.h"

#include "geodesy/mainland_table.h"

/* Degrees; the largest shift is 0.012. */
#define MARGIN 0.05

bool
gd_near_mainland(double lon, double lat)
{
	return lon > gd_mainland.west - MARGIN && lon < gd_mainland.east + MARGIN &&
		lat > gd_mainland.south - MARGIN && lat < gd_mainland.north + MARGIN;
}

/* Does a ray to the east meet an odd number of the row's edges? */
static bool
meets_odd_number(int row, double lon, double lat)
{
	bool		odd = false;

	for (int i = gd_mainland_row[row]; i < gd_mainland_row[row + 1]; i++)
	{
		const gd_edge *edge = &gd_mainland_edge[i];

		/* an end counts with the edge above it only */
		if (lat >= edge->low && lat < edge->high &&
			lon < edge->lon + (lat - edge->low) * edge->slope)
			odd = !odd;
	}
	return odd;
}

bool
gd_in_mainland(double lon, double lat)
{
	int			row;
	int			column;
	char		cell;

	if (!(lon >= gd_mainland.west && lon < gd_mainland.east &&
		  lat >= gd_mainland.south && lat < gd_mainland.north))
		return false;
	/* both are positive here: cut off is rounded down */
	row = (int) (lat * gd_mainland.cells_a_degree) - gd_mainland.first_row;
	column = (int) (lon * gd_mainland.cells_a_degree) - gd_mainland.first_column;
	cell = gd_mainland_cell[row * gd_mainland.columns + column];
	return cell == GD_CELL_EDGE ? meets_odd_number(row, lon, lat) :
		cell == GD_CELL_INSIDE;
}
