/*
 * test_stream.c
 *	  The stream cutter: the ideas of the protocol's stream vectors, and that
 *	  the pieces do not depend on how the bytes arrive.
 */
#include "codec/stream.h"

#include "unit/check.h"
#include "unit/pieces.h"

#define STREAM_MAX 16384

typedef struct sample_stream
{
	uint8_t		bytes[STREAM_MAX];
	size_t		len;
} sample_stream;

static const uint8_t version_unit[] = {25, 1, 1, 0};
static const uint8_t status_unit[] = {21, 1, 1, 5, 30, 14, 19, 9, 26};

static void
add_bytes(sample_stream *s, const void *bytes, size_t n)
{
	memcpy(s->bytes + s->len, bytes, n);
	s->len += n;
}

static void
add_text(sample_stream *s, const char *text)
{
	add_bytes(s, text, strlen(text));
}

/* 34 bytes */
static void
add_version(sample_stream *s)
{
	s->len += sample_frame(s->bytes + s->len, 1, 2, version_unit,
						   sizeof(version_unit));
}

/* 39 bytes */
static void
add_status(sample_stream *s)
{
	s->len += sample_frame(s->bytes + s->len, 2, 2, status_unit,
						   sizeof(status_unit));
}

/* The pieces in words: "frame 0+34, garbage 34+15; 49 consumed". */
static const char *
describe(const piece_list *list)
{
	static char text[1000];
	int			at = 0;

	for (size_t i = 0; i < list->n && at < 900; i++)
		at += snprintf(text + at, sizeof(text) - (size_t) at, "%s%s %d+%d",
					   i > 0 ? ", " : "", gb_piece_key(list->piece[i].kind),
					   (int) list->piece[i].offset, (int) list->piece[i].len);
	snprintf(text + at, sizeof(text) - (size_t) at, "; %d consumed",
			 (int) list->consumed);
	return text;
}

/* Cut in parts of the lengths that the function of the state gives. */
static void
cut_in_parts(piece_list *list, const sample_stream *s, bool eof,
			 size_t (*part) (void *), void *state)
{
	gb_cutter	cutter = {0};
	size_t		arrived = 0;

	while (arrived < s->len)
	{
		size_t		n = part(state);

		arrived += n < s->len - arrived ? n : s->len - arrived;
		pieces_take(list, &cutter, s->bytes, arrived, false, NULL);
	}
	if (eof)
		pieces_take(list, &cutter, s->bytes, arrived, true, NULL);
}

static size_t
one_byte(void *state)
{
	(void) state;
	return 1;
}

/* The first part as long as the state says, then all the rest. */
static size_t
two_parts(void *state)
{
	size_t		first = *(size_t *) state;

	*(size_t *) state = STREAM_MAX;
	return first;
}

static size_t
random_part(void *state)
{
	return 1 + check_random(state) % 60;
}

static void
each_same(const sample_stream *s, bool eof, const piece_list *want,
		  size_t (*part) (void *), void *state)
{
	piece_list	got = piece_list_for(s->len);

	cut_in_parts(&got, s, eof, part, state);
	EACH_INT(piece_list_differ(&got, want), -1);
	free(got.piece);
}

/* One call, every split in two, byte by byte, random splits: all the same. */
static void
same_for_any_split(const sample_stream *s, bool eof, const piece_list *want)
{
	uint64_t	seed = 7;

	for (size_t first = 1; first < s->len; first += (size_t) check_stride())
	{
		size_t		state = first;

		each_same(s, eof, want, two_parts, &state);
	}
	CHECK_EACH("every split in two");
	each_same(s, eof, want, one_byte, NULL);
	CHECK_EACH("byte by byte");
	for (int i = 0; i < 100; i += check_stride())
		each_same(s, eof, want, random_part, &seed);
	CHECK_EACH("random splits");
}

/* Nothing is decided too early or too late, wherever the bytes stop. */
static void
same_for_every_prefix(const sample_stream *s)
{
	for (size_t n = 0; n <= s->len; n += (size_t) check_stride())
	{
		piece_list	got = piece_list_for(n);
		piece_list	want = piece_list_for(n);
		gb_cutter	cutter = {0};

		pieces_take(&got, &cutter, s->bytes, n, false, NULL);
		reference_cut(&want, s->bytes, n, false, NULL);
		EACH_INT(piece_list_differ(&got, &want), -1);
		free(got.piece);
		free(want.piece);
	}
	CHECK_EACH("every prefix");
}

/* Over the whole stream at once: the same, and the garbage at its end. */
static void
same_for_a_walk(const sample_stream *s, bool eof)
{
	piece_list	got = piece_list_for(s->len);
	piece_list	want = piece_list_for(s->len);

	pieces_walk(&got, s->bytes, s->len, eof, NULL);
	reference_walk(&want, s->bytes, s->len, eof, NULL);
	CHECK_INT(piece_list_differ(&got, &want), -1);
	free(got.piece);
	free(want.piece);
}

static void
expect(const sample_stream *s, bool eof, const char *words)
{
	piece_list	got = piece_list_for(s->len);
	piece_list	want = piece_list_for(s->len);
	gb_cutter	cutter = {0};

	pieces_take(&got, &cutter, s->bytes, s->len, eof, NULL);
	CHECK_STR(describe(&got), words);
	reference_cut(&want, s->bytes, s->len, eof, NULL);
	CHECK_STR(describe(&want), words);
	same_for_any_split(s, eof, &got);
	same_for_every_prefix(s);
	same_for_a_walk(s, eof);
	free(got.piece);
	free(want.piece);
}

static void
two_frames(void)
{
	sample_stream s = {.len = 0};

	expect(&s, false, "; 0 consumed");
	expect(&s, true, "; 0 consumed");
	add_version(&s);
	add_status(&s);
	expect(&s, true, "frame 0+34, frame 34+39; 73 consumed");
	expect(&s, false, "frame 0+34, frame 34+39; 73 consumed");
}

static void
noise_between_frames(void)
{
	sample_stream s = {.len = 0};

	add_bytes(&s, "\x00\xff\x40", 3);
	add_version(&s);
	add_text(&s, "noise");
	add_status(&s);
	add_text(&s, "\r\n");
	s.len += sample_frame(s.bytes + s.len, 3, 3, NULL, 0);
	expect(&s, true, "garbage 0+3, frame 3+34, garbage 37+5, frame 42+39, "
		   "garbage 81+2, frame 83+30; 113 consumed");
	/* a false start a byte early: its length is 1024, so it has to wait */
	expect(&s, false, "; 2 consumed");
	s.bytes[2] = 'x';
	add_text(&s, "TD");
	expect(&s, false, "garbage 0+3, frame 3+34, garbage 37+5, frame 42+39, "
		   "garbage 81+2, frame 83+30; 115 consumed");
}

static void
half_a_frame(void)
{
	sample_stream s = {.len = 0};

	add_version(&s);
	add_version(&s);
	s.len -= 19;
	expect(&s, false, "frame 0+34; 34 consumed");
	expect(&s, true, "frame 0+34, garbage 34+15; 49 consumed");
	s.len += 18;
	expect(&s, false, "frame 0+34; 34 consumed");
	expect(&s, true, "frame 0+34, garbage 34+33; 67 consumed");
}

static void
start_byte_at_the_end(void)
{
	sample_stream s = {.len = 0};

	add_version(&s);
	add_text(&s, "@");
	expect(&s, false, "frame 0+34; 34 consumed");
	expect(&s, true, "frame 0+34, garbage 34+1; 35 consumed");
	add_text(&s, "x");
	expect(&s, false, "frame 0+34; 36 consumed");
}

static void
bad_checksum_hides_nothing(void)
{
	sample_stream s = {.len = 0};

	add_version(&s);
	s.bytes[31] ^= 0xff;
	add_status(&s);
	expect(&s, true, "bad_checksum 0+34, frame 34+39; 73 consumed");
	expect(&s, false, "bad_checksum 0+34, frame 34+39; 73 consumed");
}

static void
start_bytes_in_a_row(void)
{
	sample_stream s = {.len = 0};

	add_text(&s, "@");
	add_version(&s);
	expect(&s, true, "garbage 0+1, frame 1+34; 35 consumed");
	s.len = 0;
	add_text(&s, "@@@");
	add_version(&s);
	expect(&s, true, "garbage 0+3, frame 3+34; 37 consumed");
}

/* A false start whose length reaches over a real frame. */
static void
false_start(void)
{
	sample_stream s = {.len = 0};

	add_text(&s, "@@");
	memset(s.bytes + s.len, 0x11, 22);
	s.len += 22;
	add_bytes(&s, "\x20\x00\x02", 3);
	add_version(&s);
	add_status(&s);
	expect(&s, true, "garbage 0+27, frame 27+34, frame 61+39; 100 consumed");
	expect(&s, false, "garbage 0+27, frame 27+34, frame 61+39; 100 consumed");
}

static void
length_over_the_limit(void)
{
	sample_stream s = {.len = 0};

	add_version(&s);
	s.bytes[24] = 0xd0;
	s.bytes[25] = 0x07;
	sample_seal(s.bytes, s.len);
	add_status(&s);
	expect(&s, true, "garbage 0+34, frame 34+39; 73 consumed");
	expect(&s, false, "garbage 0+34, frame 34+39; 73 consumed");
}

static void
length_over_the_stream(void)
{
	sample_stream s = {.len = 0};

	add_version(&s);
	s.bytes[24] = 0x58;
	s.bytes[25] = 0x02;
	add_status(&s);
	expect(&s, true, "garbage 0+34, frame 34+39; 73 consumed");
	expect(&s, false, "; 0 consumed");
}

static void
missing_end(void)
{
	sample_stream s = {.len = 0};

	add_version(&s);
	s.len -= 2;
	add_status(&s);
	expect(&s, true, "garbage 0+32, frame 32+39; 71 consumed");
	expect(&s, false, "garbage 0+32, frame 32+39; 71 consumed");
}

static void
marks_inside(void)
{
	sample_stream s = {.len = 0};
	uint8_t		app[48];

	for (size_t i = 0; i < sizeof(app); i++)
		app[i] = i / 2 % 2 != 0 ? '@' : '#';
	s.len = sample_frame(s.bytes, 1, 2, app, sizeof(app));
	add_version(&s);
	expect(&s, true, "frame 0+78, frame 78+34; 112 consumed");
	expect(&s, false, "frame 0+78, frame 78+34; 112 consumed");
}

static void
unknown_command(void)
{
	sample_stream s = {.len = 0};

	s.len = sample_frame(s.bytes, 9, 7, NULL, 0);
	add_version(&s);
	expect(&s, true, "unknown_command 0+30, frame 30+34; 64 consumed");
}

/* Garbage on both sides of a part boundary is one stretch. */
static void
garbage_is_one_stretch(void)
{
	sample_stream s = {.len = 0};

	add_text(&s, "@@ this is no frame, and it is longer than thirty bytes");
	add_text(&s, "@");
	add_version(&s);
	add_version(&s);
	s.bytes[s.len - 1] = 'x';
	expect(&s, true, "garbage 0+56, frame 56+34, garbage 90+34; 124 consumed");
}

static void
profile_commands(void)
{
	const gb_profile *dahua = gb_profile_find("dahua-1.03");
	sample_stream s = {.len = 0};
	piece_list	got;
	gb_cutter	cutter = {0};

	s.len = sample_frame(s.bytes, 1, 0, version_unit, sizeof(version_unit));
	s.len += sample_frame(s.bytes + s.len, 2, 7, NULL, 0);
	s.len += sample_frame(s.bytes + s.len, 3, 8, NULL, 0);
	got = piece_list_for(s.len);
	pieces_take(&got, &cutter, s.bytes, s.len, true, dahua);
	CHECK_STR(describe(&got), "frame 0+34, frame 34+30, "
			  "unknown_command 64+30; 94 consumed");
	free(got.piece);
}

/* The frame handed out points into the caller's buffer and is read. */
static void
frame_is_read(void)
{
	sample_stream s = {.len = 0};
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	add_status(&s);
	s.len += sample_frame(s.bytes + s.len, 5, 99, NULL, 0);
	piece = gb_cutter_next(&cutter, s.bytes, s.len, false, NULL, &frame);
	CHECK_INT(piece.kind, GB_PIECE_FRAME);
	CHECK(frame.bytes == s.bytes);
	CHECK(frame.app == s.bytes + 27);
	CHECK_INT(frame.seq, 2);
	CHECK_INT(frame.app_len, sizeof(status_unit));
	CHECK_INT(frame.src, 0x0a0b0c);
	CHECK_INT(frame.dst, 0x5b38);
	CHECK_INT(frame.checksum, s.bytes[36]);
	CHECK(frame.time.known);
	piece = gb_cutter_next(&cutter, s.bytes + 39, s.len - 39, false, NULL,
						   &frame);
	CHECK_INT(piece.kind, GB_PIECE_UNKNOWN_COMMAND);
	CHECK_INT(frame.command, 99);
	CHECK_INT(frame.seq, 5);
}

static void
flush_closes_the_stretch(void)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	CHECK_INT(gb_cutter_flush(&cutter).kind, GB_PIECE_NONE);
	gb_cutter_next(&cutter, (const uint8_t *) "noise@", 6, false, NULL,
				   &frame);
	CHECK_INT(cutter.consumed, 5);
	piece = gb_cutter_flush(&cutter);
	CHECK_INT(piece.kind, GB_PIECE_GARBAGE);
	CHECK_INT(piece.offset, 0);
	CHECK_INT(piece.len, 5);
	CHECK_INT(gb_cutter_flush(&cutter).kind, GB_PIECE_NONE);
	gb_cutter_next(&cutter, (const uint8_t *) "@x", 2, false, NULL, &frame);
	piece = gb_cutter_flush(&cutter);
	CHECK_INT(piece.offset, 5);
	CHECK_INT(piece.len, 2);
}

static void
walk_reports_open_garbage(void)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	piece = gb_cutter_walk(&cutter, (const uint8_t *) "noise@@", 7, false,
						   NULL, &frame);
	CHECK_INT(piece.kind, GB_PIECE_GARBAGE);
	CHECK_INT(piece.len, 5);
	CHECK_INT(gb_cutter_walk(&cutter, (const uint8_t *) "noise@@", 7, false,
							 NULL, &frame).kind, GB_PIECE_NONE);
	CHECK_INT(cutter.consumed, 5);
}

static void
nothing_at_all(void)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	piece = gb_cutter_next(&cutter, NULL, 0, false, NULL, &frame);
	CHECK_INT(piece.kind, GB_PIECE_NONE);
	CHECK_INT(piece.offset + piece.len, 0);
	CHECK_INT(gb_cutter_next(&cutter, NULL, 0, true, NULL, &frame).kind,
			  GB_PIECE_NONE);
	CHECK_INT(cutter.consumed, 0);
}

/*
 * Start bytes for ever: linear work, never more than a frame kept, one
 * stretch of garbage.
 */
static void
hostile_start_bytes(void)
{
	size_t		len = (size_t) (8 << 20) / (size_t) check_stride();
	uint8_t    *stream = exact_room(len);
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;
	size_t		arrived = 0;

	memset(stream, '@', len);
	while (arrived < len)
	{
		arrived += len - arrived < 37 ? len - arrived : 37;
		piece = gb_cutter_next(&cutter, stream + cutter.consumed,
							   arrived - cutter.consumed, false, NULL, &frame);
		EACH_INT(piece.kind, GB_PIECE_NONE);
		EACH(arrived - cutter.consumed < GB_FRAME_MIN);
	}
	CHECK_EACH("nothing but start bytes");
	piece = gb_cutter_next(&cutter, stream + cutter.consumed,
						   len - cutter.consumed, true, NULL, &frame);
	CHECK_INT(piece.kind, GB_PIECE_GARBAGE);
	CHECK_INT(piece.len, len);
	CHECK_INT(cutter.consumed, len);
	free(stream);
}

/* In one call, and at the end of input, where nothing may wait. */
static void
hostile_in_one_call(void)
{
	size_t		len = (size_t) (8 << 20) / (size_t) check_stride();
	uint8_t    *stream = exact_room(len);
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	/* every other start has a length that reaches far */
	for (size_t i = 0; i < len; i++)
		stream[i] = (uint8_t) (i % 26 == 25 ? 3 : '@');
	piece = gb_cutter_next(&cutter, stream, len, true, NULL, &frame);
	CHECK_INT(piece.kind, GB_PIECE_GARBAGE);
	CHECK_INT(piece.len, len);
	free(stream);
}

/*
 * The worst case of waiting: the longest frame lacks its last byte.  One more
 * byte always decides.
 */
static void
look_ahead_is_one_frame(void)
{
	uint8_t		bytes[GB_FRAME_MAX] = {0};
	uint8_t		app[GB_MAX_APP] = {0};
	gb_cutter	cutter = {0};
	gb_frame	frame;

	sample_frame(bytes, 1, 2, app, sizeof(app));
	CHECK_INT(gb_cutter_next(&cutter, bytes, GB_FRAME_MAX - 1, false, NULL,
							 &frame).kind, GB_PIECE_NONE);
	CHECK_INT(cutter.consumed, 0);
	bytes[GB_FRAME_MAX - 1] = 'x';
	gb_cutter_next(&cutter, bytes, GB_FRAME_MAX, false, NULL, &frame);
	CHECK(cutter.consumed > 0);
	cutter = (gb_cutter) {0};
	bytes[GB_FRAME_MAX - 1] = '#';
	CHECK_INT(gb_cutter_next(&cutter, bytes, GB_FRAME_MAX, false, NULL,
							 &frame).kind, GB_PIECE_FRAME);
}

/* One of: good frame, spoilt frame, cut frame, start bytes, noise. */
static void
add_something(sample_stream *s, uint64_t *seed)
{
	uint8_t		app[64];
	size_t		n = check_random(seed) % sizeof(app);
	uint8_t    *here = s->bytes + s->len;

	for (size_t i = 0; i < n; i++)
		app[i] = (uint8_t) "@#\x00\x02\x19"[check_random(seed) % 5];
	switch (check_random(seed) % 7)
	{
		case 0:
		case 1:
		case 2:
			s->len += sample_frame(here, (uint16_t) *seed, 2, app, n);
			break;
		case 3:
			s->len += sample_frame(here, 0x4040, 7, app, n);
			here[check_random(seed) % (n + 30)] ^= 0x40;
			break;
		case 4:
			s->len += check_random(seed) % sample_frame(here, 3, 2, app, n);
			break;
		case 5:
			add_text(s, "@@@" + check_random(seed) % 3);
			break;
		default:
			add_bytes(s, app, n);
			break;
	}
}

static void
random_streams(void)
{
	uint64_t	seed = 8;
	int			n = 300 / check_stride() + 1;

	for (int i = 0; i < n; i++)
	{
		sample_stream s = {.len = 0};
		bool		eof = i % 2 == 0;
		piece_list	want;

		while (s.len < 600)
			add_something(&s, &seed);
		want = piece_list_for(s.len);
		reference_cut(&want, s.bytes, s.len, eof, NULL);
		same_for_a_walk(&s, eof);
		for (int j = 0; j < 8; j++)
			each_same(&s, eof, &want, random_part, &seed);
		each_same(&s, eof, &want, one_byte, NULL);
		free(want.piece);
	}
	CHECK_EACH("random streams, random splits");
}

/* What is kept while waiting is always less than the longest frame. */
static void
kept_bytes_are_bounded(void)
{
	uint64_t	seed = 9;
	sample_stream s = {.len = 0};
	piece_list	list;
	gb_cutter	cutter = {0};
	size_t		arrived = 0;

	while (s.len < STREAM_MAX - 200)
		add_something(&s, &seed);
	list = piece_list_for(s.len);
	while (arrived < s.len)
	{
		size_t		more = 1 + check_random(&seed) % 300;
		size_t		kept;

		arrived += more < s.len - arrived ? more : s.len - arrived;
		kept = pieces_take(&list, &cutter, s.bytes, arrived, false, NULL);
		EACH(kept < GB_FRAME_MAX);
	}
	CHECK_EACH("kept bytes");
	free(list.piece);
}

int
main(void)
{
	RUN(two_frames);
	RUN(noise_between_frames);
	RUN(half_a_frame);
	RUN(start_byte_at_the_end);
	RUN(bad_checksum_hides_nothing);
	RUN(start_bytes_in_a_row);
	RUN(false_start);
	RUN(length_over_the_limit);
	RUN(length_over_the_stream);
	RUN(missing_end);
	RUN(marks_inside);
	RUN(unknown_command);
	RUN(garbage_is_one_stretch);
	RUN(profile_commands);
	RUN(frame_is_read);
	RUN(flush_closes_the_stretch);
	RUN(walk_reports_open_garbage);
	RUN(nothing_at_all);
	RUN(hostile_start_bytes);
	RUN(hostile_in_one_call);
	RUN(look_ahead_is_one_frame);
	RUN(random_streams);
	RUN(kept_bytes_are_bounded);
	return check_done();
}
