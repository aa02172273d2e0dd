/*
 * status.h
 *	  What can be wrong with a frame, a unit or a value, and its public key.
 *
 * Three kinds that must not be mixed up:
 *	gb_error	the frame is refused: check errors of clause 6.5.3 and the two
 *				that only a single-frame input can have
 *	gb_fault	the frame stands, its application data do not fit their type
 *	gb_warning	all fits, but something is outside what the standard foresees
 *
 * The keys are part of the public interface (explain_frame, the vectors).
 */
#ifndef GB_STATUS_H
#define GB_STATUS_H

#include <stdint.h>

/* In the order in which they are tested. */
typedef enum gb_error
{
	GB_OK = 0,
	GB_BAD_START,
	GB_TRUNCATED,
	GB_LENGTH_OVER_1024,
	GB_BAD_END,
	GB_BAD_CHECKSUM,
	GB_TRAILING_BYTES,
	GB_UNKNOWN_COMMAND,
	GB_ERROR_COUNT
} gb_error;

typedef enum gb_fault
{
	GB_FAULT_NONE = 0,
	GB_FAULT_NO_OBJECT_COUNT,	/* one data byte: a type without a count */
	GB_FAULT_ZERO_OBJECTS,
	GB_FAULT_SHORT,				/* fewer bytes than the count asks for */
	GB_FAULT_TRAILING,			/* more bytes than the count asks for */
	GB_FAULT_COUNT
} gb_fault;

/* Bits of a set; the order is the order in which they are listed. */
typedef enum gb_warning
{
	GB_WARN_MAIN_VERSION = 1 << 0,
	GB_WARN_CMD_USER = 1 << 1,
	GB_WARN_EMPTY_APP = 1 << 2,
	GB_WARN_APP_LEN_1 = 1 << 3,
	GB_WARN_TYPE_RESERVED = 1 << 4,
	GB_WARN_TYPE_USER = 1 << 5,
	GB_WARN_TYPE_UNASSIGNED = 1 << 6,
	GB_WARN_TYPE_COMMAND = 1 << 7,
	GB_WARN_COUNT_OVER = 1 << 8,
	GB_WARN_RESERVED_BITS = 1 << 9,
	GB_WARN_RESERVED_BYTE = 1 << 10,
	GB_WARN_TIME = 1 << 11,
	GB_WARN_OBJ_TIME = 1 << 12,
	GB_WARN_VALUE_RANGE = 1 << 13,
	GB_WARN_UNSCALED = 1 << 14,
	GB_WARN_TEXT_TRUNCATED = 1 << 15,
	GB_WARN_TEXT_INVALID = 1 << 16
} gb_warning;

#define GB_WARNING_COUNT 17

typedef uint32_t gb_warnings;	/* a set of gb_warning */

/* Public key, for example "bad_checksum"; never NULL. */
extern const char *gb_error_key(gb_error error);

/* Public key, for example "zero_objects"; never NULL. */
extern const char *gb_fault_key(gb_fault fault);

/* Public key of the warning at position 0 .. GB_WARNING_COUNT - 1. */
extern const char *gb_warning_key(int position);

#endif							/* GB_STATUS_H */
