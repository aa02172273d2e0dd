# stop_and_wait.sh
#
# Devices with one frame in flight each: the listener beside an echo of the
# same frames without a database.

start_echo()
{
	rm -f "$work/echo"
	"$simulator" echo --port 0 --seconds 300 >"$work/echo" &
	echo_pid=$!
	background=$echo_pid
	wait_for 10 grep -qs listening "$work/echo"
}

stop_echo()
{
	kill "$echo_pid"
	wait "$echo_pid" || :
	background=
}

# The port given last is the one that counts.
echo_stop_and_wait()
{
	start_echo
	# shellcheck disable=SC2086
	devices echoed $waiters --frames "$(calc "$frames / 2")" --port "$(sed 's/.*://' "$work/echo")"
	stop_echo
	sample echo_per_s "$(reported echoed frames_per_s)"
}

stop_and_wait()
{
	empty_records
	# shellcheck disable=SC2086
	devices waited $waiters --frames "$(calc "$frames / 2")"
	sample waited_per_s "$(reported waited frames_per_s)"
}

bench_stop_and_wait()
{
	for round in $(seq $rounds); do
		say "stop and wait, echo and listener, round $round of $rounds"
		echo_stop_and_wait
		stop_and_wait
	done
	floor=$(calc "1 / (1 / $(median echo_per_s) + 1 / $(median copy_per_s))")
	figure echo_frames_per_s "$(median echo_per_s)" 1/s
	figure stop_and_wait_frames_per_s "$(median waited_per_s)" 1/s
	figure stop_and_wait_floor_frames_per_s "$floor" 1/s
	figure stop_and_wait_vs_floor "$(calc "$(median waited_per_s) / $floor")" ratio
}
