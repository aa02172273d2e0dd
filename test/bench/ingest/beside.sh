# beside.sh
#
# For figures of others that want a listener: server, devices and partitions of
# make bench ONLY=ingest.

# with_listener FUNCTION...: on a server of its own.
with_listener()
{
	(
		parts=test/bench/ingest
		name=$name-ingest
		. "$parts/server.sh"
		. "$parts/devices.sh"
		trap 'trap "" INT TERM; remove_server' EXIT
		trap 'exit 130' INT TERM
		start_server
		for function; do
			"$function"
		done
	)
}
