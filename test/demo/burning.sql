-- The building at the height of the fire: waits until the sprinkler pump runs,
-- then shows what is so at that moment.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
\pset null '-'
DO $$
DECLARE
	until timestamptz := clock_timestamp() + interval '60 s';
BEGIN
	WHILE NOT EXISTS (SELECT FROM fireiot.part_now
					  WHERE device = '0000000a1001' AND part = '12.1/95.262146'
						AND state @> 'component{started,feedback}')
	LOOP
		IF clock_timestamp() > until THEN
			RAISE EXCEPTION 'the drill did not get as far as the sprinkler pump';
		END IF;
		PERFORM pg_sleep(0.02);
	END LOOP;
END
$$;

\echo
\echo The building while it burns (view fireiot.part_state)
SELECT s.class, s.system_zh AS system, coalesce(s.part_name, s.component_zh, '系统') AS part,
	coalesce(array_to_string(s.state_zh, '、'), s.value || ' ' || s.unit) AS state
FROM fireiot.part_state AS s
WHERE s.device = '0000000a1001' AND s.part IS NOT NULL
ORDER BY s.class = 'fire' DESC NULLS LAST, s.class NULLS LAST, s.part, s.kind;
