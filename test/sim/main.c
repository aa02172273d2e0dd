/*
 * main.c
 *	  fireiot-sim: devices that speak GB/T 26875.3, for tests, measurements
 *	  and trying things out.
 */
#include <stdio.h>
#include <string.h>

#include "echo.h"
#include "options.h"
#include "play.h"
#include "run.h"
#include "send.h"
#include "util.h"

int
main(int count, char **arguments)
{
	sim_options options;
	sim_command command;

	if (count < 2 || strcmp(arguments[1], "--help") == 0)
	{
		sim_usage(SIM_RUN | SIM_DRILL | SIM_PLAY | SIM_SEND | SIM_ECHO);
		return count < 2 ? SIM_USAGE : SIM_FINE;
	}
	command = sim_command_find(arguments[1]);
	if (command == 0)
		sim_die(SIM_USAGE, "no command \"%s\"; --help lists them",
				arguments[1]);
	sim_options_read(&options, command, count - 2, arguments + 2);
	sim_catch_signals();
	switch (command)
	{
		case SIM_RUN:
			return sim_run_main(&options, NULL);
		case SIM_ECHO:
			return sim_echo_main(&options);
		case SIM_DRILL:
		case SIM_PLAY:
			return sim_play_main(&options);
		case SIM_SEND:
			return sim_send_main(&options);
	}
	return SIM_USAGE;
}
