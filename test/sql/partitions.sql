-- Partitions of the record tables are made by a function.
\set SHOW_CONTEXT never
LOAD 'fireiot';
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
CREATE VIEW partitions AS
SELECT i.inhparent::regclass AS records, c.oid::regclass AS partition, pg_get_expr(c.relpartbound, c.oid) AS bounds
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE c.relnamespace = 'fireiot'::regnamespace AND c.relkind = 'r';

-- from the day before to the time ahead; the second call finds them all
BEGIN;
SELECT fireiot.make_partitions('2 days', '2027-01-30 12:00+08');
SELECT * FROM partitions ORDER BY partition::text;
SELECT fireiot.make_partitions('2 days', '2027-01-30 12:00+08') AS again,
	fireiot.make_partitions('2 days', '2027-01-30 23:59:59.999999+08') AS until_midnight,
	fireiot.make_partitions('2 days', '2027-01-31 00:00+08') AS from_midnight;
-- seven days when nothing is said
SELECT fireiot.make_partitions(at => '2027-02-10 12:00+08');
SELECT max(partition::text) FROM partitions WHERE records = 'fireiot.frame'::regclass;
-- what each of them is
SELECT count(*), am.amname, c.reloptions, c.relkind, c.relowner = e.extowner AS owned_by_the_extensions_owner,
	EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e') AS member
FROM partitions AS p JOIN pg_class AS c ON c.oid = p.partition JOIN pg_am AS am ON am.oid = c.relam, pg_extension AS e
WHERE e.extname = 'fireiot' GROUP BY 2, 3, 4, 5, 6;
SELECT p.records, regexp_replace(pg_get_indexdef(i.indexrelid), '.* USING', '') AS index, i.indisprimary AS is_key, i.indisvalid AS is_valid, count(*)
FROM partitions AS p JOIN pg_index AS i ON i.indrelid = p.partition GROUP BY 1, 2, 3, 4 ORDER BY p.records::text, 2;
-- rows find their place, and queries know it
INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes) VALUES
	('2027-01-30 00:00+08', '000000000001', 1, 0, 2, false, '\x'), ('2027-01-29 23:59:59.999999+08', '000000000001', 2, 0, 2, false, '\x');
INSERT INTO fireiot.quarantine (received_at, reason, bytes) VALUES ('2027-01-31 23:59+08', 'x', '\x'), ('2027-02-01 00:00+08', 'x', '\x');
SELECT tableoid::regclass, received_at, id > 0 AS has_id FROM fireiot.frame
UNION ALL SELECT tableoid::regclass, received_at, id > 0 FROM fireiot.quarantine ORDER BY 2;
EXPLAIN (COSTS off) SELECT * FROM fireiot.frame WHERE received_at >= '2027-01-30 08:00+08' AND received_at < '2027-01-30 09:00+08';
ROLLBACK;

-- whatever the session's zone and style of dates are
BEGIN;
SET LOCAL timezone = 'America/New_York';
SET LOCAL datestyle = 'SQL, DMY';
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08') AS made, fireiot.make_partitions('0', '2027-01-05 12:00+08') AS again;
SHOW timezone;
SET LOCAL timezone = 'Asia/Shanghai';
SET LOCAL datestyle = 'ISO';
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08') AS again;
SELECT partition, bounds FROM partitions WHERE records = 'fireiot.frame'::regclass ORDER BY partition::text;
ROLLBACK;

-- days of 23 and 25 hours
BEGIN;
SET LOCAL fireiot.time_zone = 'America/New_York';
SET LOCAL timezone = 'America/New_York';
SELECT fireiot.make_partitions('1 day', '2027-03-14 12:00'), fireiot.make_partitions('1 day', '2027-11-07 12:00');
SELECT partition, bounds FROM partitions WHERE records = 'fireiot.frame'::regclass ORDER BY partition::text;
ROLLBACK;

-- a day that a zone left out
BEGIN;
SET LOCAL fireiot.time_zone = 'Pacific/Apia';
SET LOCAL timezone = 'UTC';
SELECT fireiot.make_partitions('1 day', '2011-12-30 12:00+00');
SELECT partition, bounds FROM partitions WHERE records = 'fireiot.frame'::regclass ORDER BY partition::text;
ROLLBACK;

-- when the zone changes, rests are filled, to the east and to the west
BEGIN;
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08');
SET LOCAL fireiot.time_zone = 'Asia/Tokyo';
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08');
SET LOCAL fireiot.time_zone = 'Asia/Urumqi';
SELECT fireiot.make_partitions('1 day', '2027-01-05 12:00+08') AS made, fireiot.make_partitions('1 day', '2027-01-05 12:00+08') AS again;
SELECT records, partition, bounds FROM partitions WHERE records IN ('fireiot.frame'::regclass, 'fireiot.quarantine'::regclass)
ORDER BY records::text, bounds COLLATE "C";
ROLLBACK;

-- partitions that somebody else attached: what they hold is left out
BEGIN;
CREATE TABLE old_frames (LIKE fireiot.frame) USING fireiot_ledger;
ALTER TABLE fireiot.frame ATTACH PARTITION old_frames FOR VALUES FROM (MINVALUE) TO ('2027-01-04 18:00+08');
CREATE TABLE noon_frames (LIKE fireiot.frame) USING fireiot_ledger;
ALTER TABLE fireiot.frame ATTACH PARTITION noon_frames FOR VALUES FROM ('2027-01-05 11:00+08') TO ('2027-01-05 13:00:00.5+08');
CREATE TABLE week_of_frames (LIKE fireiot.frame) USING fireiot_ledger;
ALTER TABLE fireiot.frame ATTACH PARTITION week_of_frames FOR VALUES FROM ('2027-01-06 00:00+08') TO ('2027-01-13 00:00+08');
CREATE TABLE late_frames (LIKE fireiot.frame) USING fireiot_ledger;
ALTER TABLE fireiot.frame ATTACH PARTITION late_frames FOR VALUES FROM ('2027-01-14 00:00+08') TO (MAXVALUE);
CREATE TABLE other_observations PARTITION OF fireiot.observation DEFAULT USING fireiot_ledger;
SELECT fireiot.make_partitions('10 days', '2027-01-05 12:00+08');
SELECT c.oid::regclass AS partition, bounds
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid, pg_get_expr(c.relpartbound, c.oid) AS bounds
WHERE i.inhparent = 'fireiot.frame'::regclass ORDER BY bounds COLLATE "C";
SELECT count(*) AS observations FROM partitions WHERE records = 'fireiot.observation'::regclass;
SELECT fireiot.make_partitions('10 days', '2027-01-05 12:00+08') AS again;
ROLLBACK;

-- a name that is taken; what the hint says helps, both ways
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08') AS made;
ALTER TABLE fireiot.frame DETACH PARTITION fireiot.frame_20270105;
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08') AS made;
BEGIN;
ALTER TABLE fireiot.frame ATTACH PARTITION fireiot.frame_20270105 FOR VALUES FROM ('2027-01-05 00:00+08') TO ('2027-01-06 00:00+08');
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08') AS made;
ROLLBACK;
ALTER TABLE fireiot.frame_20270105 RENAME TO frame_20270105_old;
SELECT fireiot.make_partitions('0', '2027-01-05 12:00+08') AS made;
SELECT indexrelid::regclass AS index FROM pg_index WHERE indrelid = 'fireiot.frame_20270105'::regclass ORDER BY 1;

-- what makes no sense
SELECT fireiot.make_partitions('-1 day', '2027-01-05 12:00+08');
SELECT fireiot.make_partitions('401 days', '2027-01-05 12:00+08');
SELECT fireiot.make_partitions('1 day', 'infinity');
SELECT fireiot.make_partitions('1 day', NULL);

DO $$
DECLARE
	t regclass;
BEGIN
	FOR t IN SELECT partition FROM partitions UNION SELECT 'fireiot.frame_20270105_old'
	LOOP
		EXECUTE format('DROP TABLE %s', t);
	END LOOP;
END
$$;
DROP VIEW partitions;
