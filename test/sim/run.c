/*
 * run.c
 *	  The loop of a run, its beginning and its end.
 */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Connections that are opened at the same time: what a backlog holds. */
#define OPENING_MOST 128

#define EVENTS 1024

/* The loop looks for signals so often. */
#define TURN_MOST (100 * SIM_MILLISECOND)

/* With a rate, wake up no more often than this. */
#define PACE_LEAST (SIM_MILLISECOND / 10)

/* Descriptors that are no connections. */
#define DESCRIPTORS 16

/* After a signal: wait so long for what is in flight. */
#define GRACE SIM_SECOND

#define FLIGHT_ROOM 64			/* whatever a device sends by itself */

/* Making and ending */

static void
make_connections(sim_run *run)
{
	uint32_t	n = run->connections;
	bool		endless = run->options->frames == UINT32_MAX;
	uint32_t	each = run->options->frames / n;
	uint32_t	more = run->options->frames % n;

	run->connection = sim_alloc(n, sizeof(sim_connection));
	run->flight = sim_alloc((size_t) n * run->window, sizeof(sim_flight));
	run->frame = sim_alloc((size_t) n * run->window, run->room);
	for (uint32_t i = 0; i < n; i++)
	{
		sim_connection *c = &run->connection[i];

		c->number = i;
		c->wire.fd = -1;
		c->left = endless ? UINT32_MAX : each + (i < more);
		run->left += c->left;
		sim_flights_make(run, c);
	}
}

static void
check_descriptors(const sim_run *run)
{
	long		most = sim_raise_descriptors() - DESCRIPTORS;

	if (run->connections > most)
		sim_die(SIM_USAGE, "--connections %u: this process may open %ld; start "
				"several with --first-device apart, or raise the limit "
				"(ulimit -n)", run->connections, most);
}

static void
read_clock_jump(sim_run *run)
{
	double		after;
	double		seconds;
	char		end;

	if (run->options->clock_jump == NULL)
		return;
	if (sscanf(run->options->clock_jump, "%lf:%lf%c", &after, &seconds,
			   &end) != 2 || !(after >= 0 && after < 1e9) ||
		!(seconds > -4e9 && seconds < 4e9))
		sim_die(SIM_USAGE, "--clock-jump: \"%s\" is not AFTER:SECONDS",
				run->options->clock_jump);
	run->jump_by = (int64_t) seconds;
	run->jump_after = (int64_t) (after * SIM_SECOND);
}

static sim_run *
make_run(const sim_options *options)
{
	sim_run    *run = sim_alloc(1, sizeof(*run));

	run->options = options;
	run->answers = sim_options_answers(options);
	run->connections = options->connections;
	run->window = options->window;
	run->timeout = (int64_t) (options->timeout * SIM_SECOND);
	run->give_up = (int64_t) (options->give_up * SIM_SECOND);
	run->random.state = sim_mix64(~options->seed);
	run->now = sim_now();
	check_descriptors(run);
	sim_fleet_make(&run->fleet, options);
	sim_net_make(&run->net, options);
	run->room = sim_fleet_room(&run->fleet);
	if (run->room < FLIGHT_ROOM)
		run->room = FLIGHT_ROOM;
	make_connections(run);
	read_clock_jump(run);
	if (options->record != NULL)
		sim_record_open(&run->record, options->record);
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (run->epoll < 0)
		sim_die(SIM_USAGE, "epoll: %m");
	return run;
}

static void
free_run(sim_run *run)
{
	for (uint32_t i = 0; i < run->connections; i++)
	{
		sim_wire_close(&run->connection[i].wire, false);
		free(run->connection[i].tail);
		free(run->connection[i].out);
	}
	close(run->epoll);
	sim_timers_free(&run->timers);
	sim_fleet_free(&run->fleet);
	sim_net_free(&run->net);
	free(run->connection);
	free(run->flight);
	free(run->frame);
	free(run);
}

/* The course of a run */

static void
stop(sim_run *run)
{
	run->stopping = true;
	run->opened = run->connections;
	for (uint32_t i = 0; i < run->connections; i++)
	{
		sim_connection *c = &run->connection[i];

		sim_connection_stop(run, c);
		if (c->state == SIM_NEW)
			sim_connection_abandon(run, c);
	}
}

static void
abandon_all(sim_run *run)
{
	for (uint32_t i = 0; i < run->connections; i++)
		sim_connection_abandon(run, &run->connection[i]);
}

static void
open_more(sim_run *run)
{
	while (run->opened < run->connections &&
		   run->opened - run->settled < OPENING_MOST)
		sim_connection_open(run, &run->connection[run->opened++]);
}

/* Frames flow from here on. */
static void
begin(sim_run *run)
{
	run->begun = true;
	run->now = run->report.first = run->report.last = sim_now();
	sim_fleet_tick(&run->fleet);
	if (run->jump_by != 0)
		sim_timers_add(&run->timers, run->now + run->jump_after,
					   SIM_TIMER_JUMP, 0);
	if (run->options->seconds > 0)
		sim_timers_add(&run->timers, run->now +
					   (int64_t) (run->options->seconds * SIM_SECOND),
					   SIM_TIMER_STOP, 0);
	if (!sim_run_paced(run))
		for (uint32_t i = 0; i < run->connections; i++)
			sim_connection_pump(run, &run->connection[i]);
}

static int64_t
scan_every(const sim_run *run)
{
	int64_t		every = run->timeout / 20;

	if (every < 5 * SIM_MILLISECOND)
		return 5 * SIM_MILLISECOND;
	return every < SIM_SECOND / 2 ? every : SIM_SECOND / 2;
}

static void
scan(sim_run *run)
{
	for (uint32_t i = 0; i < run->opened; i++)
		sim_connection_scan(run, &run->connection[i]);
	sim_timers_add(&run->timers, run->now + scan_every(run),
				   SIM_TIMER_SCAN, 0);
}

static void
show_progress(sim_run *run)
{
	fprintf(stderr, "open %" PRIu64 " sent %" PRIu64 " confirmed %" PRIu64
			" denied %" PRIu64 " resent %" PRIu64 " lost %" PRIu64 "\n",
			run->report.open, run->report.sent, run->report.confirmed,
			run->report.denied, run->report.resent, run->report.lost);
	sim_timers_add(&run->timers, run->now + SIM_SECOND, SIM_TIMER_PROGRESS, 0);
}

static void
timer_due(sim_run *run, const sim_timer *timer)
{
	sim_connection *c = timer->kind <= SIM_TIMER_GATE ?
		&run->connection[timer->number] : NULL;

	switch ((sim_timer_kind) timer->kind)
	{
		case SIM_TIMER_OPEN:
			if (c->state == SIM_WAITING)
				sim_connection_open(run, c);
			break;
		case SIM_TIMER_GATE:
			sim_open_gate(run, c);
			break;
		case SIM_TIMER_DUTY:
			sim_answer_duty(run, timer->number);
			break;
		case SIM_TIMER_SCAN:
			scan(run);
			break;
		case SIM_TIMER_BEGIN:
			if (!run->begun)
				begin(run);
			break;
		case SIM_TIMER_JUMP:
			run->fleet.ahead += run->jump_by;
			break;
		case SIM_TIMER_PROGRESS:
			show_progress(run);
			break;
		case SIM_TIMER_STOP:
			if (run->stopping)
				abandon_all(run);
			else
				stop(run);
			break;
	}
}

bool
sim_run_paced(const sim_run *run)
{
	return run->options->rate > 0 || run->script != NULL;
}

/* With a rate: who is next in turn sends; returns when that is again. */
static int64_t
pace_by_rate(sim_run *run)
{
	double		due = (double) (run->now - run->report.first) *
		run->options->rate / (double) SIM_SECOND;
	int64_t		next;

	if ((uint64_t) due + 1 > run->paced + run->connections)
		run->paced = (uint64_t) due + 1 - run->connections;
	for (; (double) run->paced <= due; run->paced++)
		sim_connection_pump(run, &run->connection[run->paced %
												  run->connections]);
	next = run->report.first +
		(int64_t) ((double) run->paced / run->options->rate *
				   (double) SIM_SECOND);
	return next;
}

/* The next step, which may still wait for the one before. */
static int64_t
pace_by_script(sim_run *run)
{
	sim_connection *c = &run->connection[0];

	sim_connection_pump(run, c);
	return c->left > 0 ? sim_connection_due(run, c) : INT64_MAX;
}

static int64_t
pace(sim_run *run)
{
	int64_t		next = run->script != NULL ? pace_by_script(run) :
		pace_by_rate(run);

	return next > run->now + PACE_LEAST ? next : run->now + PACE_LEAST;
}

static void
wait_for_events(sim_run *run, int64_t until)
{
	static struct epoll_event events[EVENTS];
	int64_t		left = until - sim_now();
	struct timespec wait = {
		.tv_sec = left > 0 ? left / SIM_SECOND : 0,
		.tv_nsec = left > 0 ? left % SIM_SECOND : 0,
	};
	int			n = epoll_pwait2(run->epoll, events, EVENTS, &wait, NULL);

	if (n < 0 && errno != EINTR)
		sim_die(SIM_USAGE, "epoll: %m");
	run->now = sim_now();
	sim_fleet_tick(&run->fleet);
	for (int i = 0; i < n; i++)
		sim_connection_event(run, &run->connection[events[i].data.u32],
							 events[i].events);
}

static bool
is_done(const sim_run *run)
{
	if (run->over == run->connections)
		return true;
	if (run->options->idle && run->options->seconds > 0 && !run->stopping)
		return false;
	return run->begun && run->left == 0 && run->in_flight == 0 &&
		run->due_answers == 0;
}

static void
turn(sim_run *run)
{
	int64_t		until = run->now + TURN_MOST;
	sim_timer	timer;

	open_more(run);
	if (!run->begun && run->settled == run->connections)
		begin(run);
	if (run->begun && sim_run_paced(run) && run->left > 0)
	{
		int64_t		next = pace(run);

		until = next < until ? next : until;
	}
	wait_for_events(run, sim_timers_next(&run->timers, until));
	while (sim_timers_take(&run->timers, run->now, &timer))
		timer_due(run, &timer);
	if (sim_stopped() && !run->stopping)
	{
		stop(run);
		sim_timers_add(&run->timers, run->now + GRACE, SIM_TIMER_STOP, 0);
	}
}

/* Minutes and seconds of the script, what happened, what was answered. */
void
sim_run_tell(const sim_run *run, const sim_flight *flight,
			 const char *outcome)
{
	const sim_step *step;
	long		seconds;

	if (run->script == NULL || flight->number != run->told)
		return;
	step = &run->script->step[run->connection[0].made - 1];
	seconds = (long) (step->at / SIM_SECOND);
	printf("%02ld:%02ld  %s  %s  [%s, %.1f ms]\n", seconds / 60, seconds % 60,
		   step->told[GB_ZH], step->told[GB_EN], outcome,
		   (double) (run->now - flight->offered) / 1e6);
	fflush(stdout);
}

int
sim_run_main(const sim_options *options, const sim_script *script)
{
	sim_run    *run = make_run(options);
	int			status;

	run->script = script;
	sim_timers_add(&run->timers, run->now + scan_every(run),
				   SIM_TIMER_SCAN, 0);
	sim_timers_add(&run->timers, run->now + run->timeout, SIM_TIMER_BEGIN, 0);
	if (options->progress)
		show_progress(run);
	while (!is_done(run))
		turn(run);
	if (!run->begun)
		run->report.first = run->report.last = run->now;
	sim_record_close(&run->record);
	if (script == NULL)
		sim_report_write(&run->report, options->report);
	else
		printf("%" PRIu64 " frames sent, %" PRIu64 " confirmed\n",
			   run->report.sent, run->report.confirmed);
	status = run->report.gave_up == 0 && run->report.unsent == 0 &&
		run->report.confirmed == run->report.sent ? SIM_FINE : SIM_UNCONFIRMED;
	free_run(run);
	return status;
}
