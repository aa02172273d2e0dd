/*
 * options.h
 *	  Options of all commands: one table says which command takes which.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* A set: an option belongs to some of the commands. */
typedef enum sim_command
{
	SIM_RUN = 1 << 0,
	SIM_ECHO = 1 << 1,
	SIM_DRILL = 1 << 2,
	SIM_PLAY = 1 << 3,
	SIM_SEND = 1 << 4,
} sim_command;

/* How a device answers what the centre asks of it. */
typedef enum sim_answers
{
	SIM_ANSWER_RIGHT = 0,
	SIM_ANSWER_DENY,
	SIM_ANSWER_WRONG,
	SIM_ANSWER_NONE,
} sim_answers;

/* Times are in seconds. */
typedef struct sim_options
{
	const char *host;
	uint32_t	port;
	bool		udp;
	bool		tls;
	const char *ca;
	const char *certificate;
	const char *key;
	const char *server_name;
	uint32_t	sources;		/* loopback addresses to connect from */

	uint32_t	devices;
	uint32_t	connections;	/* 0: one for each device */
	uint32_t	window;
	uint32_t	frames;
	double		seconds;
	double		rate;
	const char *mix;
	uint32_t	parts;
	uint32_t	objects;
	uint32_t	change;			/* percent */
	uint32_t	alarms;			/* a thousandth */
	bool		fire;
	uint64_t	seed;
	uint64_t	device;			/* first device, or the only one */
	uint64_t	centre;
	bool		idle;

	double		timeout;
	uint32_t	repeats;
	bool		reconnect;
	double		give_up;

	const char *faults;
	double		clock_offset;
	const char *clock_jump;

	bool		no_answers;
	bool		deny_commands;
	bool		wrong_answers;
	double		duty_delay;

	const char *record;
	const char *report;
	bool		progress;

	double		speed;
	bool		print;
	const char *hex_file;
	const char *file;			/* the argument that is no option */
} sim_options;

/* The command of this name; 0 when there is none. */
extern sim_command sim_command_find(const char *name);

/* Read the arguments behind a command; dies of what is wrong. */
extern void sim_options_read(sim_options *options, sim_command command,
							 int count, char **arguments);

/* Print what --help shows. */
extern void sim_usage(sim_command commands);

extern sim_answers sim_options_answers(const sim_options *options);

#endif							/* SIM_OPTIONS_H */
