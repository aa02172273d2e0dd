/*
 * run.h
 *	  A run: the connections, what they share, and who calls whom.
 *
 * run.c turns the loop; connection.c opens connections, reads, and keeps what
 * is in flight; transmit.c puts frames on the wire, well or with a fault;
 * answers.c answers commands of the centre.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "codec/stream.h"

#include "fleet.h"
#include "options.h"
#include "record.h"
#include "report.h"
#include "script.h"
#include "timers.h"
#include "wire.h"

#define SIM_NO_FLIGHT UINT16_MAX

/* A frame that was sent and is not confirmed. */
typedef struct sim_flight
{
	int64_t		offered;		/* from when its latency counts */
	int64_t		sent;			/* last time */
	uint64_t	number;			/* in the record */
	uint32_t	device;
	uint16_t	seq;
	uint16_t	len;
	uint16_t	before;			/* in the order of sending */
	uint16_t	behind;			/* the same; or the next free one */
	uint16_t	repeats;
	uint8_t		fault;			/* sim_fault that is not made good yet */
} sim_flight;

typedef enum sim_state
{
	SIM_NEW = 0,				/* never opened */
	SIM_CONNECTING,
	SIM_OPEN,
	SIM_WAITING,				/* broken, to be opened again */
	SIM_OVER					/* broken for good */
} sim_state;

typedef enum sim_closing
{
	SIM_KEEP = 0,
	SIM_CLOSE,					/* as soon as what is put is sent */
	SIM_CLOSE_ROUGHLY
} sim_closing;

typedef struct sim_connection
{
	sim_wire	wire;
	gb_cutter	cutter;
	uint32_t	number;
	uint32_t	turn;			/* which of its devices is next */
	uint64_t	left;			/* frames it has yet to make */
	uint64_t	made;			/* frames it made */
	int64_t		trouble;		/* since when it is broken; 0: it is not */
	int64_t		tried;			/* when it was opened last */
	int64_t		patience;		/* before it is opened again */
	uint8_t    *tail;			/* received bytes of a frame not whole yet */
	uint8_t    *out;			/* bytes that the wire did not take yet */
	size_t		out_len;
	size_t		out_room;
	size_t		gate;			/* of these only so many, while drip > 0 */
	uint32_t	events;			/* what epoll looks for */
	uint16_t	tail_len;
	uint16_t	drip;			/* bytes by which the gate opens */
	uint16_t	first;			/* in flight, oldest sending first */
	uint16_t	last;
	uint16_t	free;
	uint16_t	in_flight;
	uint8_t		state;			/* sim_state */
	uint8_t		closing;		/* sim_closing */
	bool		settled;		/* first attempt to open it is over */
	bool		late;			/* had to wait with a frame that was due */
} sim_connection;

/* Kinds of timers; their number is a connection's or a device's. */
typedef enum sim_timer_kind
{
	SIM_TIMER_OPEN,				/* open a connection again */
	SIM_TIMER_GATE,				/* let more bytes out */
	SIM_TIMER_DUTY,				/* a device answers a duty inspection */
	SIM_TIMER_SCAN,				/* look for what is not answered */
	SIM_TIMER_BEGIN,			/* begin although not all are open */
	SIM_TIMER_JUMP,				/* all clocks jump */
	SIM_TIMER_PROGRESS,
	SIM_TIMER_STOP				/* no more frames */
} sim_timer_kind;

#define SIM_BATCH 65536

typedef struct sim_run
{
	const sim_options *options;
	sim_answers answers;
	sim_fleet	fleet;
	const sim_script *script;	/* what the one device sends; NULL: its own */
	sim_net		net;
	sim_report	report;
	sim_record	record;
	sim_timers	timers;
	sim_random	random;			/* of how faults are made */
	int			epoll;
	uint32_t	connections;
	uint32_t	window;
	sim_connection *connection;
	sim_flight *flight;			/* window of connection 0, of 1, ... */
	uint8_t    *frame;			/* their bytes, room for each */
	size_t		room;
	int64_t		now;			/* of this turn */
	int64_t		timeout;
	int64_t		give_up;
	int64_t		jump_after;		/* since the beginning, all clocks jump */
	int64_t		jump_by;		/* by so many seconds */
	uint64_t	paced;			/* frames due so far, with a rate */
	uint64_t	due_answers;	/* to duty inspections */
	uint64_t	in_flight;
	uint64_t	left;
	uint64_t	told;			/* number of the frame of the last step */
	uint32_t	opened;			/* connections tried so far */
	uint32_t	settled;
	uint32_t	over;
	bool		begun;
	bool		stopping;		/* no more frames are made */
	bool		complained;		/* of the first connection that failed */
	size_t		batch_len;
	uint8_t		batch[SIM_BATCH];
	uint8_t		input[GB_FRAME_MAX + SIM_BATCH];
} sim_run;

/* run.c */

/*
 * Run, with a report at the end; or send the steps of a script, and tell of
 * each on standard output.  Returns the exit status.
 */
extern int	sim_run_main(const sim_options *options, const sim_script *script);

/* What became of a flight, if it is a step of the script. */
extern void sim_run_tell(const sim_run *run, const sim_flight *flight,
						 const char *outcome);

/* connection.c */
extern void sim_connection_open(sim_run *run, sim_connection *c);
extern void sim_connection_event(sim_run *run, sim_connection *c,
								 uint32_t events);
extern void sim_connection_lost(sim_run *run, sim_connection *c, bool rough);
/* No more frames; not even those that are in flight. */
extern void sim_connection_stop(sim_run *run, sim_connection *c);
extern void sim_connection_abandon(sim_run *run, sim_connection *c);

/* May another frame be sent? */
extern bool sim_connection_has_room(const sim_connection *c);

/* Send the frame that was made in a flight taken. */
extern void sim_connection_launch(sim_run *run, sim_connection *c, uint16_t at,
								  uint32_t device, size_t len, sim_fault fault);

/* Send what is due and has room. */
extern void sim_connection_pump(sim_run *run, sim_connection *c);

/* Repeat what is not answered in time. */
extern void sim_connection_scan(sim_run *run, sim_connection *c);

/* Do frames have times, by a rate or a script? */
extern bool sim_run_paced(const sim_run *run);

/* When its next frame is due, if frames have times. */
extern int64_t sim_connection_due(const sim_run *run, const sim_connection *c);

/* flight.c */
extern void sim_flights_make(sim_run *run, sim_connection *c);
extern sim_flight *sim_flight_at(const sim_run *run, const sim_connection *c,
								 uint16_t at);
extern uint8_t *sim_flight_frame(const sim_run *run, const sim_connection *c,
								 uint16_t at);

/* Take a free one, which there must be, behind the last. */
extern uint16_t sim_flight_take(sim_run *run, sim_connection *c);
extern void sim_flight_drop(sim_run *run, sim_connection *c, uint16_t at);
extern void sim_flight_to_end(sim_run *run, sim_connection *c, uint16_t at);

/* The oldest of this device and number; SIM_NO_FLIGHT when there is none. */
extern uint16_t sim_flight_find(const sim_run *run, const sim_connection *c,
								uint32_t device, uint16_t seq);

/* transmit.c */

/* Put a frame on its way, with its fault the first time. */
extern void sim_transmit(sim_run *run, sim_connection *c, uint16_t at);

/* Put the bytes of a frame behind what is there. */
extern void sim_put(sim_run *run, sim_connection *c, const uint8_t *bytes,
					size_t n);

/* Send what was put; false when the connection is lost or closed by it. */
extern bool sim_flush(sim_run *run, sim_connection *c);
extern void sim_open_gate(sim_run *run, sim_connection *c);

/* answers.c */
extern void sim_answer(sim_run *run, sim_connection *c, const gb_frame *command);

/* A device's operator answers, now or when the window has room. */
extern void sim_answer_duty(sim_run *run, uint32_t device);

#endif							/* SIM_RUN_H */
