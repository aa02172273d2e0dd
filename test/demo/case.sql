-- The same case to its end, when the building is quiet again; and by which
-- clocks it is judged.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
\pset null '-'
SELECT alarm_id AS case FROM fireiot.alarm_event
WHERE device = '0000000a1001' AND part = '1.1/42.196609' AND step = 'opened' AND class = 'fire' ORDER BY received_at LIMIT 1 \gset
SELECT fireiot.report_back(:case, '明火已扑灭，无人员伤亡', '微型消防站') \g /dev/null
SELECT fireiot.record_result(:case, '3层走廊起火，微型消防站扑灭', '1号坐席') \g /dev/null
SELECT fireiot.release_alarm(:case, '微型消防站', '1号坐席') \g /dev/null
SELECT fireiot.close_alarm(:case, '归档', '1号坐席') \g /dev/null

\echo
\echo The case from its opening to its end (view fireiot.alarm_event)
SELECT to_char(e.received_at, 'HH24:MI:SS.MS') AS at, e.step, e.actor, e.note
FROM fireiot.alarm_event AS e WHERE e.alarm_id = :case ORDER BY e.step_id;

\echo Why it is judged as it is (fireiot.why())
SELECT w.pack, w.clause, w.name_zh AS rule, w.time_limit AS limit, w.start_step AS from, w.stop_step AS to, w.state,
	to_char(w.margin, 'MI:SS.MS') AS left
FROM fireiot.why(:case) AS w ORDER BY w.due_at, w.pack, w.rule;
