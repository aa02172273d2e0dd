/*
 * options.c
 *	  The table of options, their reading and the help that is made of it.
 */
#include "options.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define LINES (SIM_DRILL | SIM_PLAY | SIM_SEND)
#define CLIENTS (SIM_RUN | LINES)
#define ALL (CLIENTS | SIM_ECHO)

typedef enum value_kind
{
	FLAG,						/* bool, without a value */
	NUMBER,						/* uint32_t between least and most */
	SEED,						/* uint64_t */
	REAL,						/* double between least and most */
	TEXT,						/* const char * */
	ADDRESS						/* uint64_t, twelve hexadecimal digits */
} value_kind;

typedef struct option_row
{
	const char *name;
	const char *value;			/* what help calls it; NULL for a flag */
	unsigned	commands;
	value_kind	kind;
	size_t		at;				/* in sim_options */
	double		least;
	double		most;
	const char *help;
} option_row;

#define AT(member) offsetof(sim_options, member)

static const option_row table[] = {
	{"host", "ADDRESS", ALL, TEXT, AT(host), 0, 0,
	"where the centre listens; default 127.0.0.1"},
	{"port", "N", ALL, NUMBER, AT(port), 0, 65535,
	"its port; default 26875. echo: 0 takes a free one"},
	{"udp", NULL, CLIENTS, FLAG, AT(udp), 0, 0,
	"a frame a datagram instead of TCP"},
	{"tls", NULL, CLIENTS, FLAG, AT(tls), 0, 0,
	"TLS over TCP"},
	{"ca", "FILE", CLIENTS, TEXT, AT(ca), 0, 0,
	"TLS: check the centre's certificate against these (PEM)"},
	{"server-name", "NAME", CLIENTS, TEXT, AT(server_name), 0, 0,
	"TLS: the name in that certificate; default the host"},
	{"cert", "FILE", CLIENTS, TEXT, AT(certificate), 0, 0,
	"TLS: the devices' certificate, with its chain (PEM)"},
	{"key", "FILE", CLIENTS, TEXT, AT(key), 0, 0,
	"TLS: its key (PEM)"},
	{"sources", "N", SIM_RUN, NUMBER, AT(sources), 0, 254,
		"connect from 127.0.0.1 .. 127.0.0.N in turn, for more than 28000 "
	"connections; default 0 (as the system chooses), with --idle 254"},

	{"devices", "N", SIM_RUN, NUMBER, AT(devices), 1, 10000000,
	"devices; default 1"},
	{"connections", "M", SIM_RUN, NUMBER, AT(connections), 1, 1000000,
		"connections, device i on connection i modulo M; default one for each "
	"device"},
	{"window", "W", SIM_RUN, NUMBER, AT(window), 1, 65535,
	"frames in flight on a connection; default 1"},
	{"frames", "N", SIM_RUN, NUMBER, AT(frames), 0, UINT32_MAX,
	"end after so many frames, spread evenly; default 1 for each device"},
	{"seconds", "S", SIM_RUN | SIM_ECHO, REAL, AT(seconds), 0, 1e9,
		"end after so long (run: instead of --frames; with --idle: hold so "
	"long)"},
	{"rate", "R", SIM_RUN, REAL, AT(rate), 0, 1e9,
	"frames a second offered; default 0: as fast as they are confirmed"},
	{"mix", "LIST", SIM_RUN, TEXT, AT(mix), 0, 0,
		"types of data units and their weights, 0 is a heart-beat; default "
	"2:70,3:20,21:5,1:3,4:2"},
	{"parts", "P", SIM_RUN, NUMBER, AT(parts), 1, 65535,
	"parts of a device; default 16"},
	{"objects", "K", SIM_RUN, NUMBER, AT(objects), 1, 255,
	"information objects in a frame, as far as its type allows; default 1"},
	{"change", "PERCENT", SIM_RUN, NUMBER, AT(change), 0, 100,
	"part states that differ from the part's last one; default 50"},
	{"alarms", "PERMILLE", SIM_RUN, NUMBER, AT(alarms), 0, 1000,
		"states and operations of which any may be drawn; the rest neither open "
	"nor end an alarm; default 1000"},
	{"fire", NULL, SIM_RUN, FLAG, AT(fire), 0, 0,
	"every part whose state differs says fire"},
	{"seed", "S", SIM_RUN, SEED, AT(seed), 0, 0,
	"same seed, same frames but for their times; default 1"},
	{"first-device", "HEX", SIM_RUN, ADDRESS, AT(device), 0, 0,
	"address of the first device, the others follow; default 000000000001"},
	{"device", "HEX", SIM_DRILL | SIM_PLAY, ADDRESS, AT(device), 0, 0,
	"address of the device; default 000000000001"},
	{"centre", "HEX", SIM_RUN | SIM_DRILL | SIM_PLAY, ADDRESS, AT(centre), 0, 0,
	"address of the centre; default 000000000000"},
	{"idle", NULL, SIM_RUN, FLAG, AT(idle), 0, 0,
		"open the connections, send a heart-beat on each (none with --frames "
	"0), hold them for --seconds"},

	{"timeout", "S", CLIENTS, REAL, AT(timeout), 0.001, 86400,
	"wait so long for an answer; default 10"},
	{"repeats", "N", SIM_RUN | SIM_DRILL | SIM_PLAY, NUMBER, AT(repeats), 0, 1000,
	"repeat so often what is not confirmed; default 3"},
	{"reconnect", NULL, SIM_RUN, FLAG, AT(reconnect), 0, 0,
		"connect again when a connection breaks or answers no repeat, and "
	"send again what is not confirmed"},
	{"give-up", "S", SIM_RUN, REAL, AT(give_up), 0, 1e9,
	"with --reconnect: end a connection that confirmed nothing for so long; "
	"default 60"},

	{"faults", "LIST", SIM_RUN, TEXT, AT(faults), 0, 0,
		"faults and their chance for a frame, such as cut:0.01,garbage:0.01; "
		"cut, slow, garbage, checksum, length, half, disconnect, resend, "
	"endmark, clock"},
	{"clock-offset", "S", SIM_RUN | SIM_DRILL | SIM_PLAY, REAL, AT(clock_offset),
		-3e9, 3e9,
	"the devices' clocks are so much ahead; default 0"},
	{"clock-jump", "AFTER:S", SIM_RUN, TEXT, AT(clock_jump), 0, 0,
	"after so many seconds all clocks jump by S seconds"},

	{"no-answers", NULL, CLIENTS & ~SIM_SEND, FLAG, AT(no_answers), 0, 0,
	"say nothing to commands of the centre"},
	{"deny-commands", NULL, CLIENTS & ~SIM_SEND, FLAG, AT(deny_commands), 0, 0,
	"deny them"},
	{"wrong-answers", NULL, CLIENTS & ~SIM_SEND, FLAG, AT(wrong_answers), 0, 0,
	"answer them with another command and type than the standard's"},
	{"duty-delay", "S", SIM_RUN, REAL, AT(duty_delay), 0, 86400,
	"the operator answers a duty inspection so much later; default 1"},

	{"record", "FILE", SIM_RUN | SIM_DRILL | SIM_PLAY, TEXT, AT(record), 0, 0,
	"a line for everything that happens to a frame, for check.sh"},
	{"report", "FILE", SIM_RUN, TEXT, AT(report), 0, 0,
	"figures as name, value, unit, to standard output (-, the default) or a "
	"file"},
	{"progress", NULL, SIM_RUN, FLAG, AT(progress), 0, 0,
	"a line a second on standard error"},

	{"speed", "X", SIM_DRILL | SIM_PLAY, REAL, AT(speed), 0.001, 1e9,
	"so many times as fast as the script says; default 1"},
	{"print", NULL, SIM_DRILL, FLAG, AT(print), 0, 0,
	"print the script instead, to be changed and given to play"},
	{"hex-file", "FILE", SIM_SEND, TEXT, AT(hex_file), 0, 0,
	"frames as hexadecimal digits, one a line; - is standard input"},
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static const struct
{
	const char *name;
	sim_command command;
	const char *arguments;
	const char *help;
}			commands[] = {
	{"run", SIM_RUN, "[OPTION]...",
	"many devices that send what they see and await its confirmation"},
	{"drill", SIM_DRILL, "[OPTION]...",
	"a fire in a building, told step by step"},
	{"play", SIM_PLAY, "[OPTION]... SCRIPT",
	"the same with a script of your own"},
	{"send", SIM_SEND, "--hex-file FILE [OPTION]...",
	"given frames, and what is answered to each"},
	{"echo", SIM_ECHO, "[OPTION]...",
	"a centre that confirms each frame at once and keeps none"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

sim_command
sim_command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].command;
	return 0;
}

static const option_row *
find_row(const char *name, size_t len, sim_command command)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((table[i].commands & command) != 0 &&
			strlen(table[i].name) == len &&
			memcmp(table[i].name, name, len) == 0)
			return &table[i];
	return NULL;
}

static double
number_of(const option_row *row, const char *value)
{
	char	   *end;
	double		number = strtod(value, &end);

	if (end == value || *end != '\0' || !isfinite(number) ||
		number < row->least || number > row->most)
		sim_die(SIM_USAGE, "--%s: \"%s\" is not between %.10g and %.10g",
				row->name, value, row->least, row->most);
	if (row->kind == NUMBER && number != floor(number))
		sim_die(SIM_USAGE, "--%s: \"%s\" is no whole number", row->name, value);
	return number;
}

static uint64_t
whole_of(const option_row *row, const char *value, int base)
{
	char	   *end;
	uint64_t	number;

	errno = 0;
	number = strtoull(value, &end, base);
	if (end == value || *end != '\0' || errno != 0 || *value == '-' ||
		(row->kind == ADDRESS && number >> 48 != 0))
		sim_die(SIM_USAGE, "--%s: \"%s\" is no %s", row->name, value,
				row->kind == ADDRESS ? "address of up to 12 hexadecimal digits"
				: "number");
	return number;
}

static void
set_option(sim_options *options, const option_row *row, const char *value)
{
	void	   *at = (char *) options + row->at;

	switch (row->kind)
	{
		case FLAG:
			*(bool *) at = true;
			break;
		case NUMBER:
			*(uint32_t *) at = (uint32_t) number_of(row, value);
			break;
		case SEED:
			*(uint64_t *) at = whole_of(row, value, 0);
			break;
		case REAL:
			*(double *) at = number_of(row, value);
			break;
		case TEXT:
			*(const char **) at = value;
			break;
		case ADDRESS:
			*(uint64_t *) at = whole_of(row, value, 16);
			break;
	}
}

/* One argument and, when its value stands by itself, the next one. */
static int
read_argument(sim_options *options, sim_command command, int left,
			  char **arguments)
{
	const char *name = arguments[0] + 2;
	const char *equals = strchr(name, '=');
	size_t		len = equals != NULL ? (size_t) (equals - name) : strlen(name);
	const option_row *row = find_row(name, len, command);

	if (row == NULL)
		sim_die(SIM_USAGE, "no option %s here; --help lists them",
				arguments[0]);
	if ((row->kind == FLAG) ? equals != NULL : equals == NULL && left < 2)
		sim_die(SIM_USAGE, "--%s: %s", row->name,
				row->kind == FLAG ? "takes no value" : "a value is missing");
	if (row->kind == FLAG || equals != NULL)
	{
		set_option(options, row, equals != NULL ? equals + 1 : NULL);
		return 1;
	}
	set_option(options, row, arguments[1]);
	return 2;
}

static void
set_defaults(sim_options *options)
{
	*options = (sim_options){
		.host = "127.0.0.1",
		.port = 26875,
		.devices = 1,
		.window = 1,
		.frames = UINT32_MAX,
		.mix = "2:70,3:20,21:5,1:3,4:2",
		.parts = 16,
		.objects = 1,
		.change = 50,
		.alarms = 1000,
		.seed = 1,
		.device = 1,
		.sources = UINT32_MAX,
		.timeout = 10,
		.repeats = 3,
		.give_up = 60,
		.duty_delay = 1,
		.report = "-",
		.speed = 1,
	};
}

/* What is left open follows from the rest; what contradicts it is refused. */
static void
settle(sim_options *options, sim_command command)
{
	if (options->connections == 0)
		options->connections = options->devices;
	if (options->connections > options->devices)
		sim_die(SIM_USAGE, "--connections %u: more than --devices %u",
				options->connections, options->devices);
	if (options->frames == UINT32_MAX)
		options->frames = options->idle ? options->connections :
			options->seconds > 0 ? UINT32_MAX : options->devices;
	if (options->sources == UINT32_MAX)
		options->sources = options->idle ? 254 : 0;
	if (options->idle && options->frames > 0)
		options->frames = options->connections;
	if (options->device + options->devices - 1 >= UINT64_C(1) << 48)
		sim_die(SIM_USAGE, "addresses end at ffffffffffff");
	if (options->tls && options->udp)
		sim_die(SIM_USAGE, "--tls and --udp exclude each other");
	if ((options->certificate == NULL) != (options->key == NULL))
		sim_die(SIM_USAGE, "--cert and --key go together");
	if (options->no_answers + options->deny_commands + options->wrong_answers > 1)
		sim_die(SIM_USAGE, "--no-answers, --deny-commands and --wrong-answers "
				"exclude each other");
	if (command == SIM_SEND && options->hex_file == NULL)
		sim_die(SIM_USAGE, "send wants --hex-file");
	if (command == SIM_PLAY && options->file == NULL)
		sim_die(SIM_USAGE, "play wants a script");
}

void
sim_options_read(sim_options *options, sim_command command, int count,
				 char **arguments)
{
	int			i = 0;

	set_defaults(options);
	while (i < count)
	{
		if (strcmp(arguments[i], "--help") == 0)
		{
			sim_usage(command);
			exit(SIM_FINE);
		}
		if (strncmp(arguments[i], "--", 2) == 0)
			i += read_argument(options, command, count - i, arguments + i);
		else if (command == SIM_PLAY && options->file == NULL)
			options->file = arguments[i++];
		else
			sim_die(SIM_USAGE, "\"%s\" is no option; --help lists them",
					arguments[i]);
	}
	settle(options, command);
}

#define HELP_COLUMN 25
#define HELP_WIDTH 79

/* Words of the help, broken at the margin. */
static void
print_help(int column, const char *help)
{
	while (*help != '\0')
	{
		int			len = (int) strcspn(help, " ");

		if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH)
		{
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		else if (column < HELP_COLUMN)
		{
			printf("%*s", HELP_COLUMN - column, "");
			column = HELP_COLUMN;
		}
		else if (column > HELP_COLUMN)
			column += printf(" ");
		column += printf("%.*s", len, help);
		help += len + (help[len] == ' ');
	}
	putchar('\n');
}

void
sim_usage(sim_command which)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if ((commands[i].command & which) != 0)
			printf("fireiot-sim %s %s\n    %s\n", commands[i].name,
				   commands[i].arguments, commands[i].help);
	if ((which & (which - 1)) != 0)
	{
		printf("\nfireiot-sim COMMAND --help lists the options of a command.\n");
		return;
	}
	putchar('\n');
	for (size_t i = 0; i < ROWS; i++)
		if ((table[i].commands & which) != 0)
			print_help(printf("  --%s%s%s", table[i].name,
							  table[i].value != NULL ? " " : "",
							  table[i].value != NULL ? table[i].value : ""),
					   table[i].help);
}

sim_answers
sim_options_answers(const sim_options *options)
{
	if (options->no_answers)
		return SIM_ANSWER_NONE;
	if (options->wrong_answers)
		return SIM_ANSWER_WRONG;
	return options->deny_commands ? SIM_ANSWER_DENY : SIM_ANSWER_RIGHT;
}
