/*
 * explain.h
 *	  What bytes say, as a document: the keys of docs/protocol.md, "Explain".
 *
 * Nothing that a device can send raises; what does not fit is described in
 * the document ("error", "app_error", "warnings", "events").
 */
#ifndef FIREIOT_EXPLAIN_H
#define FIREIOT_EXPLAIN_H

#include "base/compat.h"

#include "utils/jsonb.h"

#include "codec/profile.h"

/* Bytes that must be exactly one frame. */
extern Jsonb *explain_frame(const uint8 *bytes, size_t len,
							const gb_profile *profile);

/* Bytes of a stream; eof: no byte follows them. */
extern Jsonb *explain_stream(const uint8 *bytes, size_t len, bool eof,
							 const gb_profile *profile);

#endif							/* FIREIOT_EXPLAIN_H */
