-- insert.sql
--
-- Prints a script for pgbench that inserts a frame of type :type and its
-- observation as they are in the tables, but of any of the devices, with
-- another id, and received now.  :open, :next and :close stand before, between
-- and behind the two INSERTs.

SELECT format($script$\set id random(1, 1000000000000)
\set device random(1, 200)
%s
INSERT INTO peer.frame VALUES (:id, now(), fireiot.device_addr(:device::bigint),
	%L, pg_current_xact_id(), %L, %L, %L, %L, %L, %L, %L, %L, %L, %L)
%s
INSERT INTO peer.observation VALUES (:id, now(), fireiot.device_addr(:device::bigint), :id,
	%L, %L, pg_current_xact_id(), %L, %L, %L, %L, %L, %L, %L);
%s$script$,
	:'open', f.sent_at, f.skew_ms, f.seq, f.peer_port, f.verdict, f.command, f.type, f.outgoing,
	f.peer, f.profile, f.bytes,
	:'next', o.part, o.observed_at, o.state, o.kind, o.quantity, o.raw_value, o.operator, o.value, o.text,
	:'close')
FROM (SELECT * FROM fireiot.frame WHERE type = :type LIMIT 1) AS f
JOIN fireiot.observation AS o ON o.device OPERATOR(fireiot.=) f.device AND o.received_at = f.received_at
	AND o.frame_id = f.id;
