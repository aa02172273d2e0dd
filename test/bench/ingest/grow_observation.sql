-- grow_observation.sql
--
-- Rows for fireiot.observation, oldest first: the pattern :times times.

COPY (
	SELECT bench.id_of(o.id, o.r), bench.time_of(o.received_at, o.r), bench.device_of(o.device, o.r),
		bench.id_of(o.frame_id, o.r), o.part, bench.time_of(o.observed_at, o.r), o.tx, o.state, o.kind,
		o.quantity, o.raw_value, o.operator, o.value, o.text
	FROM generate_series(:times, 1, -1) AS r, LATERAL (SELECT *, r FROM bench.observation OFFSET 0) AS o
) TO STDOUT BINARY;
