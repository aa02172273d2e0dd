-- grow_frame.sql
--
-- Rows for fireiot.frame, oldest first: the pattern :times times.

COPY (
	SELECT bench.id_of(f.id, f.r), bench.time_of(f.received_at, f.r), bench.device_of(f.device, f.r),
		bench.time_of(f.sent_at, f.r), f.tx, f.skew_ms, f.seq, f.peer_port, f.verdict, f.command,
		f.type, f.outgoing, f.peer, f.profile, f.bytes
	FROM generate_series(:times, 1, -1) AS r, LATERAL (SELECT *, r FROM bench.frame OFFSET 0) AS f
) TO STDOUT BINARY;
