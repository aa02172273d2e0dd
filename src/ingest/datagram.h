/*
 * datagram.h
 *	  Frames over UDP: one datagram, one frame.
 *
 * A datagram is not tied to who sent it: its source address can be anybody's.
 * fireiot.udp is off by default.
 */
#ifndef FIREIOT_DATAGRAM_H
#define FIREIOT_DATAGRAM_H

#include "base/compat.h"

#include "codec/stream.h"
#include "ingest/source.h"

typedef void (*datagram_sink) (source *src, gb_piece_kind kind,
							   const uint8 *bytes, uint16 len,
							   TimestampTz now);

/* Read what is there, up to a bound, and hand the frames to the sink; bytes
 * that are none are added to *garbage. */
extern void datagram_read(int fd, datagram_sink sink, uint64 *garbage,
						  TimestampTz now);

/* Answer to where a datagram came from.  Lost like any other when the socket
 * does not take it: the device repeats. */
extern void datagram_send(source *src, const void *bytes, size_t len);

/* A copy of a source that outlives datagram_forget(); into `into` if given. */
extern source *datagram_keep(source *into, const source *src,
							 MemoryContext memory);

/* The sources that were handed out are no longer in use. */
extern void datagram_forget(void);

#endif							/* FIREIOT_DATAGRAM_H */
