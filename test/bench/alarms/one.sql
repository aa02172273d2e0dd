-- Alarms one after the other, each in a transaction of its own as in the
-- listener: what a part says that catches fire, and what when that is over.
-- Prints a line each, figure and ms; without the time of the disk.
SET synchronous_commit = off;
CREATE PROCEDURE pg_temp.say(first integer, times integer, was integer, state integer, INOUT ms double precision) LANGUAGE plpgsql AS $$
BEGIN
	ms := 0;
	FOR i IN first .. first + times - 1 LOOP
		ms := ms - extract(epoch FROM clock_timestamp()) * 1000;
		PERFORM FROM fireiot.note_signals(ARRAY[fireiot.device_addr(1)], ARRAY[format('1.2/40.%s', i)]::fireiot.part_addr[],
			'{2}', '{-1}', ARRAY[was], ARRAY[state], ARRAY[now()], ARRAY[now()], ARRAY[1::bigint]);
		COMMIT;
		ms := ms + extract(epoch FROM clock_timestamp()) * 1000;
	END LOOP;
	ms := round((ms / times)::numeric, 2);
END
$$;
CALL pg_temp.say(1, 50, 0, 2, 0) \g /dev/null
CALL pg_temp.say(1, 50, 2, 0, 0) \g /dev/null
CALL pg_temp.say(51, :alarms, 0, 2, 0) \gset open_
CALL pg_temp.say(51, :alarms, 2, 0, 0) \gset end_
\echo open_one_ms :open_ms
\echo end_one_ms :end_ms
