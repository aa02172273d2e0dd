/*
 * decode.c
 *	  How fast floor 0 cuts and decodes frames, beside what the machine can
 *	  do with the same bytes at all.
 *
 * The argument is a file of good frames, one behind the other.  Measured are
 *	decode			gb_cutter_next, gb_unit_open, gb_unit_decode of all objects
 *	decode_read		the same, and every word of every object read
 *	decode_distinct	as decode, with another time tag in every object, since
 *					the decoder judges equal tags once
 *	decode_shuffled	as decode, over 4000 frames drawn from the file in pseudo-
 *					random order (fixed seed), so that neither branches nor
 *					lengths come in a short period that can be learnt
 *	checksum_only	gb_checksum of each frame, whose bounds are known
 *	memcpy			the whole file copied at once
 *
 * Method: the number of passes that take about 20 ms is found by running each
 * measure for a while, which is the warm-up.  Then ROUNDS rounds of so many
 * passes; the measures take turns, so that a change of the clock or a
 * neighbour hits all of them.  Reported is the fastest round: what disturbs
 * only ever adds.  Time is the monotonic clock's, one thread, compiled with
 * the extension's own flags.
 *
 * Nothing of the work can be left out: the codec is in other translation
 * units without link-time optimisation, and the compiler must take it that
 * the decoded frame, unit and objects are all read.  Reading them is the
 * caller's, whatever he does with them; decode_read says what it takes.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "codec/object.h"
#include "codec/stream.h"

#define ROUNDS 61
#define ROUND_NS 20e6
#define SHUFFLED_FRAMES 4000
#define FILE_MAX (1 << 20)

enum
{
	DECODE,
	READ,
	DISTINCT,
	SHUFFLED,
	MEMCPY,
	CHECKSUM,
	MEASURES
};

typedef struct frame_ref
{
	size_t		at;
	size_t		len;
} frame_ref;

/* Frames one behind the other, and where each begins. */
typedef struct corpus
{
	uint8_t    *bytes;
	uint8_t    *copy;			/* room for memcpy */
	size_t		len;
	frame_ref  *frame;
	int			frames;
	long		objects;
} corpus;

typedef struct measure
{
	uint64_t	(*pass) (const corpus *c);
	const corpus *c;
	long		passes;			/* in a round */
	double		ns[ROUNDS];		/* of one pass, by round */
} measure;

static void
fail(const char *what)
{
	fprintf(stderr, "decode: %s\n", what);
	exit(1);
}

static void *
room(size_t n)
{
	void	   *p = malloc(n);

	if (p == NULL)
		fail("out of memory");
	return p;
}

/* The compiler must take it that all memory is read and written here. */
static inline void
keep(const void *p)
{
	__asm__ volatile("" : : "r"(p) : "memory");
}

/* The object's four words, added so that no addition waits for a load. */
static inline uint64_t
sum_of_words(const gb_object *object)
{
	uint64_t	word[4];

	_Static_assert(sizeof(gb_object) == sizeof(word), "no more, no less");
	memcpy(word, object, sizeof(word));
	return (word[0] + word[1]) + (word[2] + word[3]);
}

static inline uint64_t
decode_frame(const gb_frame *frame, bool read, long *objects)
{
	static gb_object object[GB_MAX_OBJECTS];
	uint64_t	sum = frame->src + frame->dst;
	gb_unit		unit;
	int			n;

	gb_unit_open(&unit, frame->app, frame->app_len, frame->command, NULL);
	n = gb_unit_decode(&unit, NULL, object, GB_MAX_OBJECTS);
	keep(frame);
	keep(&unit);
	keep(object);
	for (int i = 0; read && i < n; i++)
		sum += sum_of_words(&object[i]);
	*objects += n;
	return sum + unit.warnings;
}

static inline uint64_t
decode_counting(const corpus *c, bool read, int *frames, long *objects)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	uint64_t	sum = 0;

	while (gb_cutter_next(&cutter, c->bytes + cutter.consumed,
						  c->len - cutter.consumed, false, NULL,
						  &frame).kind == GB_PIECE_FRAME)
	{
		sum += decode_frame(&frame, read, objects);
		++*frames;
	}
	return sum;
}

static uint64_t
decode_pass(const corpus *c)
{
	int			frames = 0;
	long		objects = 0;

	return decode_counting(c, false, &frames, &objects);
}

static uint64_t
decode_read_pass(const corpus *c)
{
	int			frames = 0;
	long		objects = 0;

	return decode_counting(c, true, &frames, &objects);
}

static uint64_t
checksum_pass(const corpus *c)
{
	uint64_t	sum = 0;

	for (int i = 0; i < c->frames; i++)
		sum += gb_checksum(c->bytes + c->frame[i].at + 2, c->frame[i].len - 5);
	return sum;
}

static uint64_t
memcpy_pass(const corpus *c)
{
	keep(c->bytes);
	memcpy(c->copy, c->bytes, c->len);
	keep(c->copy);
	return 0;
}

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

/* Nanoseconds of one pass, over so many; checks what the passes found. */
static double
time_passes(const measure *m, long passes)
{
	uint64_t	want = m->pass(m->c) * (uint64_t) passes;
	uint64_t	sum = 0;
	double		start = now_ns();

	for (long i = 0; i < passes; i++)
		sum += m->pass(m->c);
	start = now_ns() - start;
	if (sum != want)
		fail("two passes found different things");
	return start / (double) passes;
}

/* Warm up, and find how many passes make a round. */
static void
calibrate(measure *m)
{
	double		ns = 0;

	m->passes = 1;
	while ((ns = time_passes(m, m->passes)) * (double) m->passes < ROUND_NS)
		m->passes *= 2;
	ns = time_passes(m, m->passes);
	m->passes = (long) (ROUND_NS / ns) + 1;
}

/* The round that was disturbed least. */
static double
best(const measure *m)
{
	double		least = m->ns[0];

	for (int i = 1; i < ROUNDS; i++)
		if (m->ns[i] < least)
			least = m->ns[i];
	return least;
}

static void
find_frames(corpus *c)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;

	c->copy = room(c->len);
	c->frame = room((c->len / GB_FRAME_MIN + 1) * sizeof(frame_ref));
	c->frames = 0;
	for (;;)
	{
		gb_piece	piece = gb_cutter_next(&cutter, c->bytes + cutter.consumed,
										   c->len - cutter.consumed, true,
										   NULL, &frame);

		if (piece.kind == GB_PIECE_NONE)
			break;
		if (piece.kind != GB_PIECE_FRAME)
			fail("the file holds something that is no good frame");
		c->frame[c->frames].at = (size_t) piece.offset;
		c->frame[c->frames++].len = (size_t) piece.len;
	}
}

/* Count the objects; a pass that misses a frame has lost its way. */
static void
first_pass(corpus *c)
{
	int			frames = 0;

	c->objects = 0;
	decode_counting(c, false, &frames, &c->objects);
	if (frames == 0 || frames != c->frames)
		fail("not every frame was decoded");
}

static void
load(corpus *c, const char *path)
{
	FILE	   *file = fopen(path, "rb");

	if (file == NULL)
		fail("the file of frames cannot be read");
	c->bytes = room(FILE_MAX);
	c->len = fread(c->bytes, 1, FILE_MAX, file);
	fclose(file);
	find_frames(c);
	first_pass(c);
}

static void
shuffle(corpus *to, const corpus *from)
{
	uint32_t	state = 26875;

	to->bytes = room((size_t) SHUFFLED_FRAMES * GB_FRAME_MAX);
	to->len = 0;
	for (int i = 0; i < SHUFFLED_FRAMES; i++)
	{
		const frame_ref *drawn;

		state = state * 1664525 + 1013904223;
		drawn = &from->frame[(state >> 8) % (uint32_t) from->frames];
		memcpy(to->bytes + to->len, from->bytes + drawn->at, drawn->len);
		to->len += drawn->len;
	}
	find_frames(to);
	first_pass(to);
}

/* Another time tag in each object of a frame of a type that ends with one. */
static void
make_times_distinct(uint8_t *frame, size_t len)
{
	size_t		size = gb_layout_standard(frame[GB_AT_APP])->size;
	uint8_t    *tag = frame + GB_AT_APP + 2 + size - GB_TIME_SIZE;

	for (int i = 0; i < frame[GB_AT_APP + 1]; i++, tag += size)
	{
		tag[0] = (uint8_t) (i % 60);
		tag[1] = (uint8_t) (i / 60);
	}
	frame[len - 3] = gb_checksum(frame + GB_AT_SEQ, len - 5);
}

static void
copy_distinct(corpus *to, const corpus *from)
{
	to->bytes = room(from->len);
	to->len = from->len;
	memcpy(to->bytes, from->bytes, from->len);
	for (int i = 0; i < from->frames; i++)
		make_times_distinct(to->bytes + from->frame[i].at,
							from->frame[i].len);
	find_frames(to);
	first_pass(to);
}

static void
print_line(const char *name, int decimals, double value, const char *unit)
{
	printf("%s\t%.*f\t%s\n", name, decimals, value, unit);
}

/* Bytes a nanosecond are gigabytes a second. */
static void
report(measure *m, const corpus *c, const corpus *shuffled)
{
	double		decode = best(&m[DECODE]);
	double		frames = c->frames;
	double		bytes = (double) c->len;

	print_line("decode.frames", 0, frames, "count");
	print_line("decode.bytes_per_frame", 2, bytes / frames, "bytes");
	print_line("decode.objects_per_frame", 2, (double) c->objects / frames,
			   "count");
	print_line("decode.ns_per_frame", 2, decode / frames, "ns");
	print_line("decode.frames_per_s", 0, frames / decode * 1e9, "1/s");
	print_line("decode.gbytes_per_s", 2, bytes / decode, "GB/s");
	print_line("decode_read.ns_per_frame", 2, best(&m[READ]) / frames, "ns");
	print_line("decode_distinct.ns_per_frame", 2,
			   best(&m[DISTINCT]) / frames, "ns");
	print_line("decode_shuffled.ns_per_frame", 2,
			   best(&m[SHUFFLED]) / shuffled->frames, "ns");
	print_line("memcpy.gbytes_per_s", 2, bytes / best(&m[MEMCPY]), "GB/s");
	print_line("checksum_only.gbytes_per_s", 2, bytes / best(&m[CHECKSUM]),
			   "GB/s");
}

int
main(int argc, char **argv)
{
	corpus		c;
	corpus		shuffled;
	corpus		distinct;
	measure		m[MEASURES] = {
		[DECODE] = {.pass = decode_pass, .c = &c},
		[READ] = {.pass = decode_read_pass, .c = &c},
		[DISTINCT] = {.pass = decode_pass, .c = &distinct},
		[SHUFFLED] = {.pass = decode_pass, .c = &shuffled},
		[MEMCPY] = {.pass = memcpy_pass, .c = &c},
		[CHECKSUM] = {.pass = checksum_pass, .c = &c}
	};

	if (argc != 2)
		fail("usage: decode FILE");
	load(&c, argv[1]);
	shuffle(&shuffled, &c);
	copy_distinct(&distinct, &c);
	for (int i = 0; i < MEASURES; i++)
		calibrate(&m[i]);
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < MEASURES; i++)
			m[i].ns[round] = time_passes(&m[i], m[i].passes);
	report(m, &c, &shuffled);
	return 0;
}
