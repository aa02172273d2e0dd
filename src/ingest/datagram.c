/*
 * datagram.c
 *	  Frames over UDP: one datagram, one frame.
 */
#include "ingest/datagram.h"

#include <sys/socket.h>

#include "utils/memutils.h"

#include "base/settings.h"

/* Datagrams of one call, and calls of one turn. */
#define TOGETHER 64
#define CALLS 16

typedef struct sender
{
	source		src;			/* first: a source is its sender */
	int			fd;
	socklen_t	size;
	struct sockaddr_storage address;
} sender;

static MemoryContext senders;

static uint8 buffers[TOGETHER][GB_FRAME_MAX + 1];
static struct sockaddr_storage addresses[TOGETHER];

static sender *
new_sender(int fd, const struct msghdr *from)
{
	sender	   *s;

	if (senders == NULL)
		senders = AllocSetContextCreate(TopMemoryContext,
										"fireiot datagrams",
										ALLOCSET_DEFAULT_SIZES);
	s = MemoryContextAllocZero(senders, sizeof(sender));
	s->fd = fd;
	s->size = from->msg_namelen;
	memcpy(&s->address, from->msg_name, from->msg_namelen);
	source_set(&s->src, (struct sockaddr *) &s->address, TRANSPORT_UDP);
	return s;
}

/* Everything must be one frame from begin to end. */
static void
take(int fd, const struct msghdr *from, const uint8 *bytes, size_t len,
	 datagram_sink sink, uint64 *garbage, TimestampTz now)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece = gb_cutter_next(&cutter, bytes, len, true, NULL, &frame);

	if (piece.kind == GB_PIECE_NONE || piece.kind == GB_PIECE_GARBAGE ||
		piece.offset != 0 || piece.len != len)
	{
		*garbage += len;
		return;
	}
	sink(&new_sender(fd, from)->src, piece.kind, bytes, (uint16) len, now);
}

static int
receive(int fd, struct mmsghdr messages[TOGETHER],
		struct iovec pieces[TOGETHER])
{
	for (int i = 0; i < TOGETHER; i++)
	{
		pieces[i].iov_base = buffers[i];
		pieces[i].iov_len = sizeof(buffers[i]);
		memset(&messages[i], 0, sizeof(messages[i]));
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &addresses[i];
		messages[i].msg_hdr.msg_namelen = sizeof(addresses[i]);
	}
	return recvmmsg(fd, messages, TOGETHER, MSG_DONTWAIT, NULL);
}

void
datagram_read(int fd, datagram_sink sink, uint64 *garbage, TimestampTz now)
{
	struct mmsghdr messages[TOGETHER];
	struct iovec pieces[TOGETHER];

	for (int call = 0; call < CALLS; call++)
	{
		int			n = receive(fd, messages, pieces);

		for (int i = 0; i < n; i++)
			take(fd, &messages[i].msg_hdr, buffers[i], messages[i].msg_len,
				 sink, garbage, now);
		if (n < TOGETHER)
			return;
	}
}

void
datagram_send(source *src, const void *bytes, size_t len)
{
	sender	   *to = (sender *) src;

	(void) sendto(to->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL,
				  (struct sockaddr *) &to->address, to->size);
}

source *
datagram_keep(source *into, const source *src, MemoryContext memory)
{
	if (into == NULL)
		into = MemoryContextAlloc(memory, sizeof(sender));
	memcpy(into, src, sizeof(sender));
	return into;
}

void
datagram_forget(void)
{
	if (senders != NULL)
		MemoryContextReset(senders);
}
