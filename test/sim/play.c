/*
 * play.c
 *	  A script as a run of one device that sends one step after the other.
 */
#include "play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "script.h"

static char *
read_file(const char *name)
{
	FILE	   *file = fopen(name, "r");
	char	   *text = NULL;
	size_t		len = 0;
	size_t		got;

	if (file == NULL)
		sim_die(SIM_USAGE, "%s: %s", name, strerror(errno));
	do
	{
		text = sim_grow(text, len + BUFSIZ + 1);
		got = fread(text + len, 1, BUFSIZ, file);
		len += got;
	} while (got > 0);
	if (ferror(file))
		sim_die(SIM_USAGE, "%s: %s", name, strerror(errno));
	fclose(file);
	text[len] = '\0';
	if (strlen(text) != len)
		sim_die(SIM_USAGE, "%s: a NUL is in it", name);
	return text;
}

int
sim_play_main(sim_options *options)
{
	sim_script	script;
	char	   *text;
	int			status;

	if (options->print)
	{
		fputs(sim_drill_script, stdout);
		return SIM_FINE;
	}
	text = options->file != NULL ? read_file(options->file) : NULL;
	sim_script_read(&script, text != NULL ? text : sim_drill_script,
					text != NULL ? options->file : "drill");
	free(text);
	options->frames = (uint32_t) script.count;
	status = sim_run_main(options, &script);
	sim_script_free(&script);
	return status;
}
