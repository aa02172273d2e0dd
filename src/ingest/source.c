/*
 * source.c
 *	  Where a frame came from: a connection, a datagram, or SQL.
 */
#include "ingest/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "utils/inet.h"

/* An IPv4 address that arrived on an IPv6 socket is shown as what it is. */
static void
endpoint_set(endpoint *at, const struct sockaddr *address)
{
	memset(at, 0, sizeof(*at));
	if (address->sa_family == AF_INET)
	{
		const struct sockaddr_in *in = (const struct sockaddr_in *) address;

		at->family = 4;
		at->port = ntohs(in->sin_port);
		memcpy(at->ip, &in->sin_addr, 4);
	}
	else if (address->sa_family == AF_INET6)
	{
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *) address;
		bool		mapped = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr);

		at->family = mapped ? 4 : 6;
		at->port = ntohs(in->sin6_port);
		memcpy(at->ip, (const uint8 *) &in->sin6_addr + (mapped ? 12 : 0),
			   mapped ? 4 : 16);
	}
}

static void
inet_fill(char *out, const endpoint *at)
{
	inet_struct *value = (inet_struct *) VARDATA(out);
	int			size = at->family == 4 ? 4 : 16;

	value->family = at->family == 4 ? PGSQL_AF_INET : PGSQL_AF_INET6;
	value->bits = (unsigned char) (size * 8);
	memcpy(value->ipaddr, at->ip, size);
	SET_VARSIZE(out, VARHDRSZ + offsetof(inet_struct, ipaddr) + size);
}

void
source_set(source *src, const struct sockaddr *address, transport transport)
{
	endpoint_set(&src->at, address);
	src->at.transport = (uint8) transport;
	if (src->at.family != 0)
		inet_fill(src->inet.bytes, &src->at);
}

void
source_set_sql(source *src)
{
	memset(src, 0, sizeof(*src));
	src->at.transport = TRANSPORT_SQL;
}

bool
source_inet(const source *src, Datum *inet)
{
	*inet = PointerGetDatum(src->inet.bytes);
	return src->at.family != 0;
}

bool
endpoint_inet(const endpoint *at, Datum *inet)
{
	char	   *value;

	if (at->family == 0)
		return false;
	value = palloc0(SOURCE_INET_SIZE);
	inet_fill(value, at);
	*inet = PointerGetDatum(value);
	return true;
}

void
endpoint_print(const endpoint *at, char out[ENDPOINT_TEXT_SIZE])
{
	char		ip[INET6_ADDRSTRLEN] = "unknown";

	if (at->family != 0)
		inet_ntop(at->family == 4 ? AF_INET : AF_INET6, at->ip, ip,
				  sizeof(ip));
	snprintf(out, ENDPOINT_TEXT_SIZE, at->family == 6 ? "[%s]:%u" : "%s:%u",
			 ip, at->port);
}
