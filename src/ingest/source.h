/*
 * source.h
 *	  Where a frame came from: a connection, a datagram, or SQL.
 */
#ifndef FIREIOT_SOURCE_H
#define FIREIOT_SOURCE_H

#include "base/compat.h"

#include <sys/socket.h>

#include "datatype/timestamp.h"

#include "base/shared.h"
#include "ingest/tls.h"

/* An inet value with its header. */
#define SOURCE_INET_SIZE 24

typedef struct source
{
	endpoint	at;
	uint32		serial;			/* of the connection; another for each */
	tls_conn   *tls;			/* NULL: none */
	union
	{
		uint64		align;
		char		bytes[SOURCE_INET_SIZE];
	}			inet;
} source;

/* Set at and inet from a socket address; transport as given. */
extern void source_set(source *src, const struct sockaddr *address,
					   transport transport);

/* A source that is not on the network. */
extern void source_set_sql(source *src);

/* The address as an inet Datum inside the source; false: it has none. */
extern bool source_inet(const source *src, Datum *inet);

/* An endpoint's address as text, for messages. */
#define ENDPOINT_TEXT_SIZE 64
extern void endpoint_print(const endpoint *at, char out[ENDPOINT_TEXT_SIZE]);

/* The address of an endpoint as an inet, palloc'd; false: it has none. */
extern bool endpoint_inet(const endpoint *at, Datum *inet);

#endif							/* FIREIOT_SOURCE_H */
