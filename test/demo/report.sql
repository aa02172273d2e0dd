-- What happened in the demo, read from the tables.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
\pset null '-'

\echo
\echo What arrived: frames and their objects by data unit
SELECT coalesce(t.name_zh, '自定义类型 ' || f.type, '心跳') AS data_unit, count(DISTINCT f.id) AS frames, count(o.id) AS objects,
	count(DISTINCT f.device) AS devices
FROM fireiot.frame AS f
LEFT JOIN fireiot.observation AS o ON o.frame_id = f.id
LEFT JOIN fireiot.data_unit_type AS t ON t.code = f.type
WHERE NOT f.outgoing
GROUP BY f.type, t.name_zh
ORDER BY f.type NULLS FIRST;

\echo How the fire was seen, part by part
SELECT to_char(min(o.received_at), 'HH24:MI:SS.MS') AS first_seen, u.name AS unit, p.name AS part,
	coalesce(p.floor, '-') AS floor, count(*) AS reports
FROM fireiot.observation AS o
JOIN fireiot.device AS d USING (device)
JOIN fireiot.unit AS u ON u.id = d.unit_id
JOIN fireiot.part AS p USING (device, part)
WHERE fireiot.alarm_class(o.state) = 'fire'
GROUP BY u.name, p.device, p.part, p.name, p.floor
ORDER BY min(o.received_at);

\echo What was reported, by class
SELECT fireiot.alarm_class(o.state) AS class, count(*) AS reports,
	count(DISTINCT (o.device, o.part)) AS parts, count(DISTINCT o.device) AS devices
FROM fireiot.observation AS o
WHERE fireiot.alarm_class(o.state) IS NOT NULL
GROUP BY 1
ORDER BY 1;

\echo What still needs somebody
SELECT s.class, s.unit_name AS unit, coalesce(s.part_name, s.text, s.component_zh, '传输装置') AS part,
	array_to_string(s.state_zh, '、') AS state
FROM fireiot.part_state AS s
WHERE s.class IS NOT NULL
ORDER BY s.class = 'fire' DESC, s.class, s.since;

\echo Commands to the device in the building, and its answers
SELECT t.name_zh AS command, c.requested_by, c.state, c.attempt AS sent,
	round(extract(epoch FROM c.done_at - c.sent_at) * 1000, 1) AS answered_ms, c.answer
FROM fireiot.command AS c
JOIN fireiot.data_unit_type AS t ON t.code = c.type
WHERE c.device = '0000000a1001'
ORDER BY c.id;

\echo Its clock, by its first and its last frame
SELECT round(first.skew_ms / 1000.0) AS first_off_s, round(last.skew_ms / 1000.0) AS last_off_s
FROM (SELECT skew_ms FROM fireiot.frame WHERE device = '0000000a1001' AND NOT outgoing ORDER BY received_at LIMIT 1) AS first,
	(SELECT skew_ms FROM fireiot.frame WHERE device = '0000000a1001' AND NOT outgoing ORDER BY received_at DESC LIMIT 1) AS last;

\echo Devices that were not registered: approved, rejected
SELECT d.device, d.admission, u.name AS unit, d.note,
	(SELECT count(*) FROM fireiot.frame AS f WHERE f.device = d.device) AS stored
FROM fireiot.device AS d
LEFT JOIN fireiot.unit AS u ON u.id = d.unit_id
WHERE d.device BETWEEN '0000000a2001' AND '0000000a2002'
ORDER BY d.device;

\echo What was refused, and kept in quarantine
SELECT q.reason, count(*) AS frames, min(q.device::text) AS device, max(length(q.bytes)) AS bytes
FROM fireiot.quarantine AS q
GROUP BY q.reason
ORDER BY q.reason;

\echo Since the listener started
SELECT frames, stored, duplicates, confirmed, denied, commands, batches, rows_a_batch,
	confirm_p50_ms, confirm_p99_ms, confirm_max_ms
FROM fireiot.ingest_stat;

\echo Is all as it should be? What fireiot.status() would look at
SELECT item, value, hint
FROM fireiot.status()
WHERE ok IS NOT TRUE OR item LIKE 'listener%';
