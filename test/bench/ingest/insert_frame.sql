-- insert_frame.sql
--
-- Prints a script for pgbench: a single row, a frame of type :type as it is in
-- the table, but of any of the devices, with another id, and received now.

SELECT format($script$\set id random(1, 1000000000000)
\set device random(1, 200)
INSERT INTO peer.frame VALUES (:id, now(), fireiot.device_addr(:device::bigint),
	%L, pg_current_xact_id(), %L, %L, %L, %L, %L, %L, %L, %L, %L, %L);$script$,
	sent_at, skew_ms, seq, peer_port, verdict, command, type, outgoing, peer, profile, bytes)
FROM fireiot.frame WHERE type = :type LIMIT 1;
