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

CREATE OR REPLACE VIEW fireiot.contact_problem AS
WITH today AS MATERIALIZED (
	SELECT CAST(now() AT TIME ZONE fireiot.setting('time_zone') AS date) AS day
), own AS MATERIALIZED (
	SELECT c.unit_id, c.role, split_part(way, ':', 1) AS way
	FROM fireiot.contact AS c CROSS JOIN LATERAL unnest(c.channels) AS way, today AS t
	WHERE c.unit_id IS NOT NULL AND coalesce(c.valid_from <= t.day, true) AND coalesce(t.day < c.valid_to, true)
), wanted AS MATERIALIZED (
	SELECT p.unit_id, p.packs FROM fireiot.unit_packs(ARRAY(SELECT u.id FROM fireiot.unit AS u)) AS p
), ways AS MATERIALIZED (
	SELECT w.packs, s.level, format('%s of %s/%s', s.rule, s.pack, s.version) AS rule
	FROM (SELECT DISTINCT packs FROM wanted) AS w
	CROSS JOIN LATERAL fireiot.strictest_of(w.packs) AS s
	WHERE s.metric = 'contact_channels'
)
SELECT u.id AS unit_id, format('nobody is %s', r.role) AS problem
FROM fireiot.unit AS u
LEFT JOIN fireiot.unit_profile AS p ON p.unit_id = u.id
CROSS JOIN LATERAL (VALUES ('responsible_person', true), ('safety_manager', true), ('control_room', p.control_room)) AS r (role, needed)
WHERE r.needed AND NOT EXISTS (SELECT FROM own AS o WHERE o.unit_id = u.id AND o.role = r.role)
UNION ALL
SELECT w.unit_id, format('%s ways to tell it, %s asks for %s', count(DISTINCT o.way), s.rule, s.level)
FROM wanted AS w
JOIN ways AS s ON s.packs = w.packs
LEFT JOIN own AS o ON o.unit_id = w.unit_id
GROUP BY w.unit_id, s.rule, s.level
HAVING count(DISTINCT o.way) < s.level;
COMMENT ON VIEW fireiot.contact_problem IS
'Units that have not the contacts that they need today: no rows when all is well';
