/*
 * profile.h
 *	  Dialects: what a maker's devices do otherwise than the standard.
 *
 * A profile is a row of data that the cutter, the decoder and the encoder
 * consult; there is no code for a single dialect.  NULL everywhere means the
 * plain standard.  A profile is chosen for a device by whoever knows it; it
 * is never guessed from a frame, since many byte strings read well both ways.
 */
#ifndef GB_PROFILE_H
#define GB_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/layout.h"
#include "codec/time_tag.h"

typedef enum gb_profile_flag
{
	/* addresses are read in wire order, high byte first */
	GB_P_ADDRESS_WIRE = 1 << 0,
	/* an object that carries no time tag has the time of the frame's head */
	GB_P_HEADER_TIME = 1 << 1,
	/* one data byte is a whole unit: a type, no count, no objects */
	GB_P_HANDSHAKE = 1 << 2,
	/* texts are UTF-8; what is none may be GB 18030 */
	GB_P_UTF8_TEXT = 1 << 3,
	/* component addresses are read in wire order, high byte first */
	GB_P_PART_WIRE = 1 << 4,
	/* bit 0 of a system or component is set in test, clear in operation */
	GB_P_TEST_WHEN_SET = 1 << 6,
	/* bytes come as hexadecimal text; undone before anything is cut */
	GB_P_HEX_TEXT = 1 << 5
} gb_profile_flag;

/* A bit that a dialect names, or names otherwise than the standard. */
typedef struct gb_profile_bit
{
	uint8_t		state_kind;
	uint8_t		bit;
	gb_alarm_class alarm_class;
	const char *key;
	const char *name[2];
} gb_profile_bit;

typedef struct gb_profile
{
	const char *name;			/* what SQL calls it */
	const char *title[2];		/* by gb_language */
	uint32_t	flags;			/* set of gb_profile_flag */
	gb_time_coding time_coding;
	uint8_t		commands;		/* reserved commands 0..7 accepted, a set */
	uint8_t		layout_count;
	uint8_t		bit_count;
	const gb_layout *layouts;	/* replace or add to the standard's */
	const gb_profile_bit *bits;
} gb_profile;

/* The profile of this name; NULL when there is none. */
extern const gb_profile *gb_profile_find(const char *name);

/* The profiles by position; NULL past the last. */
extern const gb_profile *gb_profile_at(int position);

/* The bit's row in the profile; NULL when it says nothing about it. */
extern const gb_profile_bit *gb_profile_bit_of(const gb_profile *profile,
											   int state_kind, int bit);

/*
 * Status or operation bits as the standard would have them: bit 0 turned
 * round where the profile says so, and for each set bit that only the profile
 * names, the standard's bit of its class set beside it.  What knows the
 * standard alone, such as an alarm class, then misses no alarm.
 */
extern uint16_t gb_profile_state(const gb_profile *profile, int state_kind,
								 uint16_t bits);

/* Layout of a type under a profile (may be NULL); NULL: none. */
static inline const gb_layout *
gb_profile_layout(const gb_profile *profile, uint8_t type)
{
	if (profile != NULL)
		for (int i = 0; i < profile->layout_count; i++)
			if (profile->layouts[i].type == type)
				return &profile->layouts[i];
	return gb_layout_standard(type);
}

static inline bool
gb_profile_has(const gb_profile *profile, gb_profile_flag flag)
{
	return profile != NULL && (profile->flags & (uint32_t) flag) != 0;
}

static inline gb_time_coding
gb_profile_time(const gb_profile *profile)
{
	return profile != NULL ? profile->time_coding : GB_TIME_BINARY;
}

/* Is the command known, by Table 2 or by the profile? */
static inline bool
gb_profile_command(const gb_profile *profile, uint8_t command)
{
	if (command >= GB_CMD_USER)
		return true;
	if (command > 7)
		return false;
	return ((0x7eu | (profile != NULL ? profile->commands : 0u)) >>
			command & 1) != 0;
}

#endif							/* GB_PROFILE_H */
