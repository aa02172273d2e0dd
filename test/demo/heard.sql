-- Waits until what the hydrants told is in the tables, which takes seconds: by
-- that they can be used, or cannot.
\set ON_ERROR_STOP on
DO $$
DECLARE
	until timestamptz := clock_timestamp() + interval '60 s';
BEGIN
	WHILE NOT EXISTS (SELECT FROM fireiot.resource_state WHERE code = 'HP-01' AND usable)
	LOOP
		IF clock_timestamp() > until THEN
			RAISE EXCEPTION 'hydrant HP-01 cannot be used: %', (SELECT reason FROM fireiot.resource_state WHERE code = 'HP-01');
		END IF;
		PERFORM pg_sleep(0.02);
	END LOOP;
END
$$;
