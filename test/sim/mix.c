/*
 * mix.c
 *	  Reading a mix; its alias table (Walker's).
 */
#include "mix.h"

#include <stdlib.h>

#include "codec/layout.h"

/* The longest text that the simulator writes behind a length byte. */
#define TEXT_ROOM 64

#define MOST_TYPES 32

static void
check_type(long type, const char *list)
{
	const gb_layout *layout;

	if (type == SIM_HEART_BEAT)
		return;
	layout = type > 0 && type < 256 ? gb_layout_standard((uint8_t) type) : NULL;
	if (layout == NULL || (layout->commands & GB_CMD_BIT(GB_CMD_SEND)) == 0)
		sim_die(SIM_USAGE, "--mix %s: %ld is no type that a device sends",
				list, type);
}

static double
read_weights(sim_mix *mix, const char *list, double *weight)
{
	const char *at = list;
	double		sum = 0;

	do
	{
		char	   *end;
		long		type = strtol(at, &end, 10);

		if (end == at || *end != ':' || mix->count == MOST_TYPES)
			sim_die(SIM_USAGE, "--mix %s: wanted is TYPE:WEIGHT, "
					"with commas between", list);
		check_type(type, list);
		at = end + 1;
		mix->type[mix->count] = (uint8_t) type;
		weight[mix->count] = strtod(at, &end);
		if (end == at || (*end != ',' && *end != '\0') ||
			!(weight[mix->count] >= 0 && weight[mix->count] <= 1e9))
			sim_die(SIM_USAGE, "--mix %s: \"%s\" begins with no weight",
					list, at);
		sum += weight[mix->count++];
		at = end + 1;
	} while (at[-1] == ',');
	if (sum <= 0)
		sim_die(SIM_USAGE, "--mix %s: all weights are 0", list);
	return sum;
}

/* The place with the least (sign 1) or most (-1) weight that is not done. */
static int
extreme(const sim_mix *mix, const double *weight, const bool *done, int sign)
{
	int			found = -1;

	for (int i = 0; i < mix->count; i++)
		if (!done[i] &&
			(found < 0 || sign * weight[i] < sign * weight[found]))
			found = i;
	return found;
}

void
sim_mix_read(sim_mix *mix, const char *list)
{
	double		weight[MOST_TYPES];
	bool		done[MOST_TYPES] = {false};
	double		sum;

	*mix = (sim_mix) {0};
	sum = read_weights(mix, list, weight);
	for (int i = 0; i < mix->count; i++)
		weight[i] *= mix->count / sum;
	/* what a light type leaves of its place goes to the heaviest */
	for (int left = mix->count; left > 0; left--)
	{
		int			light = extreme(mix, weight, done, 1);
		int			heavy = extreme(mix, weight, done, -1);

		mix->stay[light] = weight[light];
		mix->other[light] = mix->type[heavy];
		weight[heavy] -= light != heavy ? 1 - weight[light] : 0;
		done[light] = true;
	}
}

int
sim_mix_room(const sim_mix *mix, int objects)
{
	int			most = 0;

	for (int i = 0; i < mix->count; i++)
	{
		const gb_layout *layout = gb_layout_standard(mix->type[i]);
		int			count;
		int			room;

		if (layout == NULL)
			continue;
		count = objects < layout->max_count ? objects : layout->max_count;
		room = 2 + count * layout->size;
		if ((layout->fields & GB_F_TEXT_L) != 0)
			room += count * TEXT_ROOM;
		if (room > most)
			most = room;
	}
	return most;
}
