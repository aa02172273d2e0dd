# idle.sh
#
# Many connections that are silent: what they take, and what the others notice
# of them.  Three listeners, since a process may not open as many descriptors.

idle=$(scaled 50000 300)
idle_listeners=3
idle_places=18000
idle_devices=60000

# Addresses of idle devices lie above those of the others.
open_idle()
{
	idle_pids=
	for i in 1 2 3; do
		first=$(printf '%x' $((0x100000 * i)))
		"$simulator" run --idle --port "$port" --seconds 600 \
			--devices $(((idle + i - 1) / 3)) --first-device "$first" \
			--report "$work/idle_$i" &
		idle_pids="$idle_pids $!"
	done
	background=$idle_pids
	wait_for 180 all_idle_open
}

# Connected, and their heart-beats stored.
all_idle_open()
{
	[ "$(sql -c "SELECT count(*) FROM fireiot.frame WHERE type IS NULL")" -ge "$idle" ]
}

close_idle()
{
	# shellcheck disable=SC2086
	kill $idle_pids
	for pid in $idle_pids; do
		wait "$pid" || :
	done
	background=
	wait_for 60 no_connections
}

connections()
{
	sql -c 'SELECT sum(connections) FROM fireiot.listener WHERE number > 0'
}

no_connections()
{
	[ "$(connections)" = 0 ]
}

# Bytes of shared memory that a connection and its device have to themselves.
shared_bytes()
{
	sql -c "SELECT sum(allocated_size / CASE name
			WHEN 'fireiot connections' THEN $idle_listeners * $idle_places
			ELSE $idle_devices END)
		FROM pg_shmem_allocations
		WHERE name IN ('fireiot connections', 'fireiot devices')"
}

# stream_beside NAME: throughput, with whatever else is connected.
stream_beside()
{
	empty_records
	# shellcheck disable=SC2086
	devices beside $relays --frames "$(calc "$frames / 2")"
	sample "$1" "$(reported beside frames_per_s)"
}

# The first time that they are there; later the memory is there already.
weigh_idle()
{
	held=$(connections)
	# shellcheck disable=SC2086
	bytes=$(calc "($(private_bytes $pids) - $before) / $held + $(shared_bytes)")
	figure idle_connections "$held" count
	figure bytes_per_idle_connection "$bytes" bytes
}

bench_idle()
{
	say "idle connections: a server with $idle_listeners listeners"
	start_server "fireiot.listeners = $idle_listeners" \
		"fireiot.max_connections = $idle_places" \
		"fireiot.max_devices = $idle_devices"
	warm_up
	pids=$(listener_pids)
	for round in $(seq $rounds); do
		say "stream without and with $idle idle connections, round $round of $rounds"
		stream_beside without_idle
		# shellcheck disable=SC2086
		before=$(private_bytes $pids)
		open_idle
		[ "$round" -gt 1 ] || weigh_idle
		stream_beside with_idle
		close_idle
	done
	figure idle_throughput_ratio \
		"$(calc "$(median with_idle) / $(median without_idle)")" ratio
}
