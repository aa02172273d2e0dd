/*
 * script.h
 *	  Scripts: what happens at one device, line by line (docs/simulator.md).
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "fleet.h"

typedef struct sim_step
{
	int64_t		at;				/* nanoseconds from the beginning */
	const gb_layout *layout;
	gb_object	object;
	const char *told[2];		/* what happened, by gb_language */
} sim_step;

typedef struct sim_script
{
	size_t		count;
	sim_step   *step;
	void	   *memory;			/* what steps point to */
} sim_script;

/* Read a script; name is for complaints.  Dies of what is wrong. */
extern void sim_script_read(sim_script *script, const char *text,
							const char *name);
extern void sim_script_free(sim_script *script);

/* Make the frame of a step; returns its length. */
extern size_t sim_script_frame(const sim_step *step, sim_fleet *fleet,
							   uint8_t *out);

/* The script of drill, as text. */
extern const char sim_drill_script[];

#endif							/* SIM_SCRIPT_H */
