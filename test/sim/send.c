/*
 * send.c
 *	  Send given bytes and wait for what is answered to them.
 *
 * The bytes need not be a good frame.  An answer belongs to them when it
 * repeats their sequence number and goes to their source address.
 */
#include "send.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "codec/stream.h"

#include "util.h"
#include "wire.h"

#define INPUT 65536

typedef struct line
{
	sim_net		net;
	sim_wire	wire;
	gb_cutter	cutter;
	int64_t		timeout;
	size_t		len;			/* of input */
	uint8_t		input[GB_FRAME_MAX + INPUT];
} line;

/* Wait for the wire; false when the time is over. */
static bool
await(const line *l, short events, int64_t until)
{
	struct pollfd wanted = {.fd = l->wire.fd, .events = events};
	int64_t		left = until - sim_now();

	if (left <= 0 || sim_stopped())
		return false;
	return poll(&wanted, 1, (int) (left / SIM_MILLISECOND + 1)) > 0;
}

static void
connect_line(line *l, const sim_options *options)
{
	int64_t		until = sim_now() + l->timeout;
	sim_progress progress = sim_wire_open(&l->wire, &l->net, 0);

	l->cutter = (gb_cutter) {0};
	l->len = 0;
	while (progress == SIM_WIRE_GOES_ON &&
		   await(l, l->wire.wants == EPOLLIN ? POLLIN : POLLOUT, until))
		progress = sim_wire_step(&l->wire, &l->net);
	if (progress != SIM_WIRE_OPEN)
		sim_die(SIM_USAGE, "a connection to %s, port %u: %s", options->host,
				(unsigned) options->port, progress == SIM_WIRE_GOES_ON ?
				"no answer" : sim_wire_error());
}

static bool
send_all(line *l, const uint8_t *bytes, size_t n, int64_t until)
{
	while (n > 0)
	{
		ssize_t		sent = sim_wire_send(&l->wire, bytes, n);

		if (sent < 0 || (sent == 0 && !await(l, POLLOUT, until)))
			return false;
		bytes += sent;
		n -= (size_t) sent;
	}
	return true;
}

static bool
is_answer(const gb_frame *frame, const uint8_t *sent, size_t n)
{
	if (frame->command != GB_CMD_CONFIRM && frame->command != GB_CMD_DENY)
		return false;
	return n < GB_AT_DST || (frame->seq == gb_load16(sent + GB_AT_SEQ) &&
							 frame->dst == gb_load48(sent + GB_AT_SRC));
}

static void
show_other(const gb_frame *frame)
{
	size_t		len = GB_FRAME_MIN + (size_t) frame->app_len;
	char		hex[2 * GB_FRAME_MAX + 1] = "";

	sim_hex(hex, frame->bytes, len);
	printf("-\treceived\t%s\n", hex);
}

/*
 * The answer among the frames that came; NULL when it is not there yet, and
 * then less than a frame is left of the input.
 */
static const char *
cut_input(line *l, const uint8_t *sent, size_t n)
{
	uint64_t	begin = l->cutter.consumed;
	const char *answer = NULL;
	gb_frame	frame;
	gb_piece	piece;
	size_t		done = 0;

	while (answer == NULL &&
		   (piece = gb_cutter_next(&l->cutter, l->input + done, l->len - done,
								   l->net.udp, NULL, &frame)).kind !=
		   GB_PIECE_NONE)
	{
		done = (size_t) (l->cutter.consumed - begin);
		if (piece.kind != GB_PIECE_FRAME)
			continue;
		if (!is_answer(&frame, sent, n))
			show_other(&frame);
		else
			answer = frame.command == GB_CMD_CONFIRM ? "confirmed" : "denied";
	}
	done = (size_t) (l->cutter.consumed - begin);
	l->len -= done;
	memmove(l->input, l->input + done, l->len);
	return answer;
}

static const char *
await_answer(line *l, const uint8_t *sent, size_t n, int64_t until)
{
	const char *answer;

	while ((answer = cut_input(l, sent, n)) == NULL)
	{
		ssize_t		got = sim_wire_receive(&l->wire, l->input + l->len, INPUT);

		if (got < 0)
			return "closed";
		l->len += (size_t) got;
		if (got == 0 && !await(l, POLLIN, until))
			return "silent";
	}
	return answer;
}

static const char *
exchange(line *l, const sim_options *options, const uint8_t *bytes, size_t n)
{
	int64_t		until = sim_now() + l->timeout;
	const char *answer;

	if (l->wire.fd < 0)
		connect_line(l, options);
	answer = send_all(l, bytes, n, until) ?
		await_answer(l, bytes, n, until) : "closed";
	if (strcmp(answer, "closed") == 0)
		sim_wire_close(&l->wire, false);
	return answer;
}

static bool
send_text(line *l, const sim_options *options, int number, char *text)
{
	uint8_t		bytes[GB_FRAME_MAX];
	int			n;
	int64_t		begin = sim_now();
	const char *answer;

	text += strspn(text, " \t");
	text[strcspn(text, " \t\r\n")] = '\0';
	if (*text == '\0' || *text == '#')
		return true;
	text += strncmp(text, "\\x", 2) == 0 ? 2 : 0;
	n = sim_unhex(bytes, sizeof(bytes), text);
	if (n <= 0)
		sim_die(SIM_USAGE, "--hex-file %s, line %d: not the hexadecimal digits "
				"of 1 to %d bytes", options->hex_file, number, GB_FRAME_MAX);
	answer = exchange(l, options, bytes, (size_t) n);
	printf("%d\t%s\t%.3f\n", number, answer,
		   (double) (sim_now() - begin) / 1e6);
	fflush(stdout);
	return strcmp(answer, "confirmed") == 0;
}

int
sim_send_main(const sim_options *options)
{
	bool		from_stdin = strcmp(options->hex_file, "-") == 0;
	FILE	   *file = from_stdin ? stdin : fopen(options->hex_file, "r");
	line	   *l = sim_alloc(1, sizeof(*l));
	bool		fine = true;
	char	   *text = NULL;
	size_t		room = 0;

	if (file == NULL)
		sim_die(SIM_USAGE, "--hex-file %s: %s", options->hex_file,
				strerror(errno));
	sim_net_make(&l->net, options);
	l->wire.fd = -1;
	l->timeout = (int64_t) (options->timeout * SIM_SECOND);
	for (int number = 1; !sim_stopped() && getline(&text, &room, file) >= 0;
		 number++)
		fine = send_text(l, options, number, text) && fine;
	if (!from_stdin)
		fclose(file);
	free(text);
	sim_wire_close(&l->wire, false);
	sim_net_free(&l->net);
	free(l);
	return fine ? SIM_FINE : SIM_UNCONFIRMED;
}
