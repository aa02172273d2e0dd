-- What tells maps to look again: NOTIFY from the keeper, at most once a second
-- a layer, never from triggers of rows: a transaction with a notice waits for
-- all others of its kind at commit.
--
-- Cases are records: a block of the ledger that holds some says that there are
-- new ones.  Of the other tables the counters of statistics tell; a session
-- may keep its own back for up to ten seconds.  device_now is in none, since it
-- changes all the time; resources do not follow part_now, for the same reason.
CREATE OR REPLACE FUNCTION fireiot.announce_layers(before bigint[])
RETURNS bigint[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tables CONSTANT text[] := '{unit,unit_profile,building,area,device,part,resource,duty_shift,part_now,alarm_now}';
	marks bigint[];
	changed text[];
	layer text;
BEGIN
	SELECT (SELECT coalesce(max(b.n), 0) FROM fireiot.ledger_block AS b) || array_agg(
		pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid) ORDER BY t.place)
	INTO marks
	FROM unnest(tables) WITH ORDINALITY AS t (name, place)
	JOIN pg_class AS c ON c.relname = t.name AND c.relnamespace = 'fireiot'::regnamespace;
	IF marks = before THEN
		RETURN marks;
	END IF;
	changed := ARRAY(SELECT t.name FROM unnest(tables, before[2:], marks[2:]) AS t (name, old, new) WHERE t.old IS DISTINCT FROM t.new);
	IF EXISTS (SELECT FROM fireiot.ledger_block_part AS p JOIN fireiot.ledger_table AS t ON t.id = p.table_id
		WHERE p.block > before[1] AND t.name IN ('fireiot.alarm', 'fireiot.alarm_step')) THEN
		changed := changed || 'alarm'::text;
	END IF;
	FOR layer IN
		SELECT l.name
		FROM (VALUES ('unit', '{unit,unit_profile,device,alarm,alarm_now}'::text[]), ('building', '{unit,unit_profile,building}'),
			('building_outline', '{unit,unit_profile,building}'), ('device', '{unit,unit_profile,building,area,device,alarm,alarm_now}'),
			('part', '{unit_profile,building,area,device,part,part_now,alarm,alarm_now}'),
			('open_alarm', '{unit,unit_profile,building,area,device,part,alarm,alarm_now}'),
			('resource', '{unit,unit_profile,building,area,device,resource,duty_shift}')) AS l (name, tables)
		WHERE l.tables && changed
	LOOP
		PERFORM pg_notify('fireiot_map', layer), pg_notify('qgis', 'fireiot_map.' || layer);
	END LOOP;
	RETURN marks;
END
$$;
COMMENT ON FUNCTION fireiot.announce_layers(bigint[]) IS
'For the keeper: sends the names of layers that have changed since these marks on the channels fireiot_map and qgis; returns the marks of now. Null: all layers';
