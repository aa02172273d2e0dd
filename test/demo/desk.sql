-- The duty desk takes the fire: waits until its alarm is open, then does what the
-- rules ask of it.  Every step is one call.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
\pset null '-'
DO $$
DECLARE
	until timestamptz := clock_timestamp() + interval '60 s';
BEGIN
	WHILE NOT EXISTS (SELECT FROM fireiot.alarm_now WHERE device = '0000000a1001' AND part = '1.1/42.196609' AND class = 'fire')
	LOOP
		IF clock_timestamp() > until THEN
			RAISE EXCEPTION 'no alarm was opened for the smoke detector';
		END IF;
		PERFORM pg_sleep(0.02);
	END LOOP;
END
$$;
SELECT id AS case FROM fireiot.alarm_now WHERE device = '0000000a1001' AND part = '1.1/42.196609' AND class = 'fire' \gset

\echo
\echo The case on the board, and what it is due by (fireiot.board())
SELECT b.id, b.class, b.unit_name AS unit, b.place, b.next_metric AS next, b.next_pack AS pack, b.next_rule AS rule, b.seconds_left
FROM fireiot.board(50) AS b WHERE b.id = :case;

SELECT fireiot.acknowledge(:case, '1号坐席') \g /dev/null
SELECT fireiot.record_notice(:case, 'control_room', 'app', '平台自动') \g /dev/null
SELECT fireiot.record_call(:case, 'control_room', NULL, '1号坐席') \g /dev/null
SELECT fireiot.answer(:case, '消防控制室值班', '1号坐席') \g /dev/null
SELECT fireiot.verify_alarm(:case, true, NULL, '消防控制室值班', note => '现场确认起火') \g /dev/null
SELECT fireiot.dispatch(:case, '微型消防站', '1号坐席') \g /dev/null
SELECT fireiot.start_handling(:case, '微型消防站') \g /dev/null
