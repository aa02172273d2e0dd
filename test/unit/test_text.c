/*
 * test_text.c
 *	  Where a text is inside its field, and the structure of GB 18030.
 */
#include "codec/text.h"

#include "unit/check.h"
#include "unit/exact.h"

/* Locate by the rule's words: leading NULs skipped, up to the next NUL. */
static gb_slice
naive_locate(const uint8_t *field, int len)
{
	int			from = 0;
	int			to;
	gb_slice	text;

	while (from < len && field[from] == 0)
		from++;
	for (to = from; to < len && field[to] != 0;)
		to++;
	text.at = field + from;
	text.len = (uint16_t) (to - from);
	return text;
}

static void
compare_locate(const uint8_t *bytes, int len)
{
	uint8_t    *field = exact_copy(bytes, (size_t) len);
	gb_slice	got = gb_text_locate(field, (uint16_t) len);
	gb_slice	want = naive_locate(field, len);

	EACH_INT(got.at - field, want.at - field);
	EACH_INT(got.len, want.len);
	free(field);
}

/* So many NULs, so many letters, a NUL, left-overs. */
static void
locate_every_arrangement(void)
{
	uint8_t		bytes[48];

	for (int len = 0; len <= 40; len++)
		for (int before = 0; before <= len; before++)
			for (int letters = 0; letters <= len - before; letters++)
			{
				memset(bytes, 'z', sizeof(bytes));
				memset(bytes, 0, (size_t) before);
				memset(bytes + before, 0xb2, (size_t) letters);
				bytes[before + letters] = 0;
				compare_locate(bytes, len);
			}
	CHECK_EACH("NULs, text, NUL, left-overs");
}

static void
locate_random_fields(void)
{
	uint8_t		bytes[255];
	uint64_t	seed = 3;
	int			n = 200000 / check_stride();

	for (int i = 0; i < n; i++)
	{
		int			len = (int) (check_random(&seed) % 256);
		uint64_t	nuls = check_random(&seed) % 8;

		for (int j = 0; j < len; j++)
			bytes[j] = check_random(&seed) % 8 < nuls ? 0 :
				(uint8_t) (1 + check_random(&seed) % 255);
		compare_locate(bytes, len);
	}
	CHECK_EACH("random fields");
}

/*
 * GB 18030 as a table: one state for each place inside a character, one class
 * for each kind of byte.  Written apart from the code under test.
 */
enum state
{
	BETWEEN, SECOND, THIRD, FOURTH, WRONG
};
enum class
{
	ASCII, DIGIT, LOW_TRAIL, DEL, BYTE_80, LEAD, BYTE_FF
};

static enum class
class_of(uint8_t b)
{
	if (b >= '0' && b <= '9')
		return DIGIT;
	if (b < 0x40)
		return ASCII;
	if (b < 0x7f)
		return LOW_TRAIL;
	if (b == 0x7f)
		return DEL;
	if (b == 0x80)
		return BYTE_80;
	return b == 0xff ? BYTE_FF : LEAD;
}

static const uint8_t next_state[4][7] = {
	[BETWEEN] = {BETWEEN, BETWEEN, BETWEEN, BETWEEN, WRONG, SECOND, WRONG},
	[SECOND] = {WRONG, THIRD, BETWEEN, WRONG, BETWEEN, BETWEEN, WRONG},
	[THIRD] = {WRONG, WRONG, WRONG, WRONG, WRONG, FOURTH, WRONG},
	[FOURTH] = {WRONG, BETWEEN, WRONG, WRONG, WRONG, WRONG, WRONG},
};

/* The verdict, and the length that settling leaves in *len. */
static gb_text_verdict
naive_settle(const uint8_t *bytes, int *len)
{
	enum state	state = BETWEEN;
	int			whole = 0;

	for (int i = 0; i < *len && state != WRONG; i++)
	{
		state = next_state[state][class_of(bytes[i])];
		if (state == BETWEEN)
			whole = i + 1;
	}
	if (state == WRONG)
		return GB_TEXT_INVALID;
	while (whole > 0 && bytes[whole - 1] == 0x20)
		whole--;
	*len = whole;
	return state == BETWEEN ? GB_TEXT_WHOLE : GB_TEXT_CUT;
}

static void
compare_settle(const uint8_t *bytes, int len)
{
	gb_slice	text = {bytes, (uint16_t) len};
	int			want = len;
	gb_text_verdict verdict = naive_settle(bytes, &want);

	EACH_INT(gb_text_settle(&text), verdict);
	EACH_INT(text.len, want);
	EACH(text.at == bytes);
}

static void
settle_every_two_bytes(void)
{
	for (int v = 0; v < 65536; v += check_stride())
	{
		uint8_t    *bytes = exact_room(2);

		bytes[0] = (uint8_t) (v >> 8);
		bytes[1] = (uint8_t) v;
		compare_settle(bytes + 1, 1);
		compare_settle(bytes, 2);
		free(bytes);
	}
	CHECK_EACH("all strings of one and two bytes");
}

/* Every string of up to five bytes from both sides of each border. */
static void
settle_every_border(void)
{
	static const uint8_t border[] = {
		0x01, 0x20, 0x2f, 0x30, 0x39, 0x3a, 0x40, 0x7e, 0x7f, 0x80, 0x81,
		0xb2, 0xfe, 0xff
	};
	const int	n = (int) sizeof(border);
	int			total = n * n * n * n * n;

	for (int v = 0; v < total; v += check_stride())
	{
		uint8_t		bytes[5];
		int			rest = v;

		for (int i = 0; i < 5; i++, rest /= n)
			bytes[i] = border[rest % n];
		for (int len = 3; len <= 5; len++)
			compare_settle(bytes, len);
	}
	CHECK_EACH("strings of border bytes");
}

static void
settle_random_strings(void)
{
	static const uint8_t drawn[] = {0x20, 0x41, 0x35, 0x81, 0xb0, 0xfe, 0xa1};
	uint64_t	seed = 4;
	int			n = 300000 / check_stride();
	uint8_t		bytes[40];

	for (int i = 0; i < n; i++)
	{
		int			len = (int) (check_random(&seed) % (sizeof(bytes) + 1));

		for (int j = 0; j < len; j++)
			bytes[j] = drawn[check_random(&seed) % sizeof(drawn)];
		compare_settle(bytes, len);
	}
	CHECK_EACH("random strings");
}

static void
settle_one(const char *bytes, gb_text_verdict verdict, const char *left)
{
	gb_slice	text = {(const uint8_t *) bytes, (uint16_t) strlen(bytes)};

	CHECK_INT(gb_text_settle(&text), verdict);
	CHECK_INT(text.len, strlen(left));
	CHECK_BYTES(text.at, left, strlen(left));
}

static void
settle_by_example(void)
{
	settle_one("", GB_TEXT_WHOLE, "");
	settle_one("   ", GB_TEXT_WHOLE, "");
	settle_one(" a b  ", GB_TEXT_WHOLE, " a b");
	/* two characters of two bytes, the second cut by the field's end */
	settle_one("\xd1\xcc\xb8\xd0", GB_TEXT_WHOLE, "\xd1\xcc\xb8\xd0");
	settle_one("\xd1\xcc\xb8", GB_TEXT_CUT, "\xd1\xcc");
	settle_one("\xd1\xcc  \xb8", GB_TEXT_CUT, "\xd1\xcc");
	/* four bytes, whole and cut at each place */
	settle_one("x\x81\x30\x81\x30", GB_TEXT_WHOLE, "x\x81\x30\x81\x30");
	settle_one("x\x81\x30\x81", GB_TEXT_CUT, "x");
	settle_one("x\x81\x30", GB_TEXT_CUT, "x");
	settle_one("x\x81", GB_TEXT_CUT, "x");
	/* an invalid text keeps its blanks */
	settle_one("x\x80  ", GB_TEXT_INVALID, "x\x80  ");
	settle_one("\xe7\x83\x9f\xff", GB_TEXT_INVALID, "\xe7\x83\x9f\xff");
}

static void
skip_nuls_at_every_place(void)
{
	for (int len = 0; len <= 40; len++)
		for (int at = 0; at <= len; at++)
		{
			uint8_t    *field = exact_room((size_t) len);

			memset(field, 0, (size_t) len);
			if (at < len)
				field[at] = (uint8_t) (at % 2 == 0 ? 0x01 : 0x80);
			EACH_INT(gb_skip_nuls(field, field + len) - field, at);
			free(field);
		}
	CHECK_EACH("leading NULs");
}

int
main(void)
{
	RUN(skip_nuls_at_every_place);
	RUN(locate_every_arrangement);
	RUN(locate_random_fields);
	RUN(settle_every_two_bytes);
	RUN(settle_every_border);
	RUN(settle_random_strings);
	RUN(settle_by_example);
	return check_done();
}
