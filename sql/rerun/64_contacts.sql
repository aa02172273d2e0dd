-- Contacts at work: who is to be told, and what lacks.

CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.person
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.person IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.contact
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.contact IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.contract
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.contract IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.contract_rule
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.contract_rule IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.unit_profile
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.unit_profile IS 'keeps changed_at';

-- Those of the area come before those of the building, those of the building
-- before those of the unit; those of every unit only where there is none.
CREATE OR REPLACE FUNCTION fireiot.contacts_of(
	unit_id bigint, only_role text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(),
	building_id bigint DEFAULT NULL, area_id bigint DEFAULT NULL,
	OUT role text, OUT place integer, OUT contact_id bigint, OUT name text, OUT channels text[])
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	day date := at AT TIME ZONE fireiot.setting('time_zone');
BEGIN
	RETURN QUERY
	WITH found AS (
		SELECT c.*, CASE WHEN c.area_id IS NOT NULL THEN 1 WHEN c.building_id IS NOT NULL THEN 2 ELSE 3 END AS near,
			bool_or(c.unit_id IS NOT NULL) OVER (PARTITION BY c.role) AS has_own
		FROM fireiot.contact AS c
		WHERE (c.unit_id IS NULL OR c.unit_id = contacts_of.unit_id)
			AND (contacts_of.only_role IS NULL OR c.role = contacts_of.only_role)
			AND (c.building_id IS NULL OR c.building_id = contacts_of.building_id)
			AND (c.area_id IS NULL OR c.area_id = contacts_of.area_id)
			AND coalesce(c.valid_from <= day, true) AND coalesce(day < c.valid_to, true)
	)
	SELECT f.role, (row_number() OVER (PARTITION BY f.role ORDER BY f.near, f.position, f.id))::integer, f.id,
		coalesce(f.name, p.name, o.name), f.channels
	FROM found AS f
	LEFT JOIN fireiot.person AS p ON p.id = f.person_id
	LEFT JOIN fireiot.organization AS o ON o.id = f.organization_id
	WHERE f.unit_id IS NOT NULL OR NOT f.has_own
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION fireiot.contacts_of(bigint, text, timestamptz, bigint, bigint) IS
'Whom to tell of a unit at a time, of one role or of all, in order';

-- Who is needed: the roles of every unit, and whom the rules of its packs want
-- told when a deadline is breached.
CREATE OR REPLACE VIEW fireiot.contact_problem AS
WITH today AS MATERIALIZED (
	SELECT CAST(now() AT TIME ZONE fireiot.setting('time_zone') AS date) AS day
), valid AS MATERIALIZED (
	SELECT DISTINCT c.unit_id, c.role, split_part(way, ':', 1) AS way
	FROM fireiot.contact AS c CROSS JOIN LATERAL unnest(c.channels) AS way, today AS t
	WHERE coalesce(c.valid_from <= t.day, true) AND coalesce(t.day < c.valid_to, true)
), wanted AS MATERIALIZED (
	SELECT p.unit_id, fireiot.without_contracts(p.packs) AS packs FROM fireiot.unit_packs(ARRAY(SELECT u.id FROM fireiot.unit AS u)) AS p
), used AS MATERIALIZED (
	SELECT DISTINCT packs FROM wanted
), role AS MATERIALIZED (
	SELECT u.packs, r.role
	FROM used AS u CROSS JOIN LATERAL (
		SELECT 'responsible_person' AS role UNION SELECT 'safety_manager'
		UNION SELECT 'control_room' WHERE '+control_room' = ANY (string_to_array(u.packs, ','))
		UNION SELECT target FROM fireiot.rules_of(u.packs) AS r CROSS JOIN LATERAL unnest(r.targets) AS target WHERE r.action <> 'none') AS r
), ways AS MATERIALIZED (
	SELECT u.packs, s.level, format('%s of %s/%s', s.rule, s.pack, s.version) AS rule
	FROM used AS u CROSS JOIN LATERAL fireiot.strictest_of(u.packs) AS s
	WHERE s.metric = 'contact_channels'
), count_of AS (
	SELECT v.unit_id, count(DISTINCT v.way) AS ways FROM valid AS v WHERE v.unit_id IS NOT NULL GROUP BY v.unit_id
)
SELECT w.unit_id, format('nobody is %s', r.role) AS problem
FROM wanted AS w JOIN role AS r ON r.packs = w.packs
WHERE NOT EXISTS (SELECT FROM valid AS v WHERE v.unit_id = w.unit_id AND v.role = r.role)
	AND NOT EXISTS (SELECT FROM valid AS v WHERE v.unit_id IS NULL AND v.role = r.role)
UNION ALL
SELECT w.unit_id, format('%s ways to tell it, %s asks for %s', coalesce(c.ways, 0), s.rule, s.level)
FROM wanted AS w
JOIN ways AS s ON s.packs = w.packs
LEFT JOIN count_of AS c ON c.unit_id = w.unit_id
WHERE coalesce(c.ways, 0) < s.level;
COMMENT ON VIEW fireiot.contact_problem IS
'Units that have not the contacts that they need today: no rows when all is well';
