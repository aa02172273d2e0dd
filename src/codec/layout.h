/*
 * layout.h
 *	  What the information objects of each data unit type are made of
 *	  (clauses 7 and 8.1, Table 3).
 *
 * Every information object of the standard is a selection of the same fields
 * in the same order.  A layout is therefore a set of fields, and its size
 * follows from the set: one table describes all types, and a dialect adds
 * rows instead of code.
 */
#ifndef GB_LAYOUT_H
#define GB_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/names.h"

#define GB_TEXT_FIELD 31		/* bytes of a fixed text */
#define GB_MAX_OBJECTS 255		/* the count is one byte */
#define GB_MAX_APP 1024			/* application data unit, clause 6.6 */

/* Fields of an object in the order in which they stand on the wire. */
typedef enum gb_field
{
	GB_F_SYSTEM = 1 << 0,		/* system type, system address: 2 */
	GB_F_COMP_TYPE = 1 << 1,	/* component type: 1 */
	GB_F_COMP_ADDR = 1 << 2,	/* component address: 4 */
	GB_F_STATUS16 = 1 << 3,		/* status: 2 */
	GB_F_STATUS8 = 1 << 4,		/* status: 1 */
	GB_F_OPERATION = 1 << 5,	/* operation flags: 1 */
	GB_F_OPERATOR = 1 << 6,		/* operator number: 1 */
	GB_F_ANALOG = 1 << 7,		/* quantity 1, value 2 */
	GB_F_VERSION = 1 << 8,		/* major, minor: 2 */
	GB_F_RECORDS = 1 << 9,		/* number of records asked for: 1 */
	GB_F_RESERVED = 1 << 10,	/* must be 0: 1 */
	GB_F_MINUTES = 1 << 11,		/* answer time in minutes: 1 */
	GB_F_TEXT31 = 1 << 12,		/* text: 31 */
	GB_F_TEXT_L = 1 << 13,		/* length 1, text */
	GB_F_OPAQUE = 1 << 14,		/* bytes that a dialect leaves undecoded */
	GB_F_TIME = 1 << 15,		/* time tag: 6 */
	GB_F_START = 1 << 16		/* time tag from which records are asked: 6 */
} gb_field;

#define GB_F_PART (GB_F_SYSTEM | GB_F_COMP_TYPE | GB_F_COMP_ADDR)
#define GB_F_STATE (GB_F_STATUS16 | GB_F_STATUS8 | GB_F_OPERATION)

/* Commands as a set, for gb_layout.commands. */
#define GB_CMD_BIT(command) (1u << (command))

typedef struct gb_layout
{
	uint8_t		type;
	uint8_t		max_count;		/* objects a unit may hold */
	uint8_t		commands;		/* set of commands 0..7 it may stand under */
	uint8_t		state_kind;		/* gb_state_kind of its bits */
	uint8_t		answered_by;	/* type of the answer; 0: none */
	uint8_t		opaque;			/* bytes of GB_F_OPAQUE */
	uint8_t		size;			/* bytes of an object whose text is empty */
	uint32_t	fields;			/* set of gb_field */
} gb_layout;

#define GB_FIELDS_SIZE(fields) \
	(((fields) & GB_F_SYSTEM ? 2 : 0) + ((fields) & GB_F_COMP_TYPE ? 1 : 0) + \
	 ((fields) & GB_F_COMP_ADDR ? 4 : 0) + ((fields) & GB_F_STATUS16 ? 2 : 0) + \
	 ((fields) & GB_F_STATUS8 ? 1 : 0) + ((fields) & GB_F_OPERATION ? 1 : 0) + \
	 ((fields) & GB_F_OPERATOR ? 1 : 0) + ((fields) & GB_F_ANALOG ? 3 : 0) + \
	 ((fields) & GB_F_VERSION ? 2 : 0) + ((fields) & GB_F_RECORDS ? 1 : 0) + \
	 ((fields) & GB_F_RESERVED ? 1 : 0) + ((fields) & GB_F_MINUTES ? 1 : 0) + \
	 ((fields) & GB_F_TEXT31 ? GB_TEXT_FIELD : 0) + \
	 ((fields) & GB_F_TEXT_L ? 1 : 0) + ((fields) & GB_F_TIME ? 6 : 0) + \
	 ((fields) & GB_F_START ? 6 : 0))

/* A row of a layout table: all but the size is said, the size follows. */
#define GB_LAYOUT(type, max_count, commands, state_kind, answered_by, fields) \
	{type, max_count, commands, state_kind, answered_by, 0, \
	 GB_FIELDS_SIZE(fields), fields}

/* The same with so many opaque bytes. */
#define GB_LAYOUT_OPAQUE(type, max_count, commands, opaque, fields) \
	{type, max_count, commands, GB_STATE_NONE, 0, opaque, \
	 GB_FIELDS_SIZE(fields) + (opaque), (fields) | GB_F_OPAQUE}

/* The standard's layouts, and the place of each type in them from 1. */
extern const gb_layout gb_standard_layouts[];
extern const uint8_t gb_standard_places[256];

/* The standard's layout of a type; NULL when it defines none. */
static inline const gb_layout *
gb_layout_standard(uint8_t type)
{
	uint8_t		place = gb_standard_places[type];

	return place != 0 ? &gb_standard_layouts[place - 1] : NULL;
}

/* Commands: Table 2. */
enum gb_command
{
	GB_CMD_CONTROL = 1,
	GB_CMD_SEND = 2,
	GB_CMD_CONFIRM = 3,
	GB_CMD_REQUEST = 4,
	GB_CMD_RESPONSE = 5,
	GB_CMD_DENY = 6
};

#define GB_CMD_USER 128			/* 128..255 are free for users */

/* Sets of commands, for gb_layout.commands. */
#define GB_UNDER_SEND (GB_CMD_BIT(GB_CMD_SEND) | GB_CMD_BIT(GB_CMD_RESPONSE))
#define GB_UNDER_READ GB_CMD_BIT(GB_CMD_REQUEST)
#define GB_UNDER_CONTROL GB_CMD_BIT(GB_CMD_CONTROL)

#endif							/* GB_LAYOUT_H */
