# ingest.sh
#
# What alarms cost the stream of frames of which one state in a thousand may
# alarm: beside a listener (ingest/beside.sh).

ratio_rounds=8

# streamed NAME ALARMS: frames of relays into empty tables; of a thousand states
# so many may open or end an alarm.
streamed()
{
	empty_records
	pid=$(listener_pids)
	cpu=$(cpu_seconds "$pid")
	alarms=$2
	# shellcheck disable=SC2086
	devices "$1" $relays --frames "$frames"
	sample "$1_cpu" "$(calc "($(cpu_seconds "$pid") - $cpu) * 1e6 / $frames")"
	sample "$1" "$(reported "$1" frames_per_s)"
}

alarming()
{
	streamed alarming 1
}

quiet()
{
	streamed quiet 0
}

bench_ingest_ratio()
{
	warm_up
	pairs "$ratio_rounds" ingest_ratio alarming quiet
	paste "$work/quiet_cpu.sample" "$work/alarming_cpu.sample" | awk '{ print $1 / $2 }' >"$work/ingest_cpu_ratio.sample"
	figure ingest_alarming_frames_per_s "$(median alarming)" 1/s
	figure ingest_quiet_frames_per_s "$(median quiet)" 1/s
	figure ingest_alarming_cpu_us_per_frame "$(median alarming_cpu)" us
	figure ingest_quiet_cpu_us_per_frame "$(median quiet_cpu)" us
	figure_of ingest_cpu_ratio ratio
	figure_of ingest_ratio ratio
}
