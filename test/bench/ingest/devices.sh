# devices.sh
#
# Devices, by the simulator.

mix=2:70,3:20,21:5,1:3,4:2

# Relays, or devices that replay a backlog; and devices that wait for each
# confirmation.
relays="--devices 200 --connections 200 --window 50"
waiters="--devices 2000 --window 1"
# Of a thousand states and operations one may open or end an alarm.
alarms=1

frames=$(scaled 1000000 10000)
seed=0

# For a message: what a report counts.
count_of_all()
{
	[ ! -f "$1" ] || awk -F '\t' '$2 != 0 { printf ", %s %s", $1, $2 }' "$1"
}

# devices REPORT OPTION...: frames, each of which must be confirmed.
devices()
{
	report=$work/$1
	shift
	rm -f "$report"
	seed=$((seed + 1))
	timeout --foreground 300 "$simulator" run --port "$port" --mix "$mix" \
		--alarms "$alarms" --seed "$seed" --report "$report" "$@" ||
		die "not every frame was confirmed$(count_of_all "$report")"
}

# A value of a report.
reported()
{
	awk -F '\t' -v name="$2" '$1 == name { print $2 }' "$work/$1"
}

# Tables with rows, sessions with history, memory that was used.
warm_up()
{
	say "warming up"
	# shellcheck disable=SC2086
	devices warm_up $relays --frames "$(scaled 300000 20000)"
}
