-- The registry at work: when a row was changed, what does not fit, who may
-- store; the last state of parts with all names.

CREATE OR REPLACE FUNCTION fireiot.stamp_change()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.changed_at := now();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION fireiot.stamp_change() IS
'Trigger of the registry: changed_at';

CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.organization
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.organization IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.unit
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.unit IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.building
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.building IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.area
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.area IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.device
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.device IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.part
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.part IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.resource
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.resource IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.duty_shift
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.duty_shift IS 'keeps changed_at';

-- What foreign keys would say, and what they could not.
CREATE OR REPLACE VIEW fireiot.registry_problem AS
WITH reference (object, key, target, id) AS (
	SELECT 'unit', u.id::text, r.target, r.id
	FROM fireiot.unit AS u, LATERAL (VALUES ('organization', u.organization_id),
		('organization', u.operator_id), ('organization', u.maintenance_id)) AS r (target, id)
	UNION ALL
	SELECT 'building', id::text, 'unit', unit_id FROM fireiot.building
	UNION ALL
	SELECT 'area', id::text, 'building', building_id FROM fireiot.area
	UNION ALL
	SELECT 'device', d.device::text, r.target, r.id
	FROM fireiot.device AS d, LATERAL (VALUES ('unit', d.unit_id),
		('building', d.building_id), ('area', d.area_id)) AS r (target, id)
	UNION ALL
	SELECT 'part', format('%s %s', p.device, p.part), r.target, r.id
	FROM fireiot.part AS p, LATERAL (VALUES ('building', p.building_id), ('area', p.area_id)) AS r (target, id)
	UNION ALL
	SELECT 'person', p.id::text, r.target, r.id
	FROM fireiot.person AS p, LATERAL (VALUES ('organization', p.organization_id), ('unit', p.unit_id)) AS r (target, id)
	UNION ALL
	SELECT 'contact', c.id::text, r.target, r.id
	FROM fireiot.contact AS c, LATERAL (VALUES ('unit', c.unit_id), ('building', c.building_id),
		('area', c.area_id), ('person', c.person_id), ('organization', c.organization_id)) AS r (target, id)
	UNION ALL
	SELECT 'contract', c.id::text, r.target, r.id
	FROM fireiot.contract AS c, LATERAL (VALUES ('unit', c.unit_id), ('organization', c.organization_id)) AS r (target, id)
	UNION ALL
	SELECT 'unit_profile', p.unit_id::text, 'unit', p.unit_id FROM fireiot.unit_profile AS p
	UNION ALL
	SELECT 'resource', s.id::text, r.target, r.id
	FROM fireiot.resource AS s, LATERAL (VALUES ('unit', s.unit_id), ('building', s.building_id), ('area', s.area_id),
		('organization', s.organization_id)) AS r (target, id)
	UNION ALL
	SELECT 'duty_shift', s.id::text, 'resource', s.resource_id FROM fireiot.duty_shift AS s
), target (target, id) AS (
	SELECT 'organization', id FROM fireiot.organization
	UNION ALL SELECT 'unit', id FROM fireiot.unit
	UNION ALL SELECT 'building', id FROM fireiot.building
	UNION ALL SELECT 'area', id FROM fireiot.area
	UNION ALL SELECT 'person', id FROM fireiot.person
	UNION ALL SELECT 'resource', id FROM fireiot.resource
)
SELECT r.object, r.key, format('there is no %s %s', r.target, r.id) AS problem
FROM reference AS r
LEFT JOIN target AS t ON t.target = r.target AND t.id = r.id
WHERE r.id IS NOT NULL AND t.id IS NULL
UNION ALL
SELECT 'building', b.id::text, 'belongs to no unit'
FROM fireiot.building AS b WHERE b.unit_id IS NULL
UNION ALL
SELECT 'area', a.id::text, 'belongs to no building'
FROM fireiot.area AS a WHERE a.building_id IS NULL
UNION ALL
SELECT 'device', d.device::text, 'belongs to no unit'
FROM fireiot.device AS d WHERE d.unit_id IS NULL AND d.admission = 'admitted'
UNION ALL
SELECT 'device', d.device::text, format('there is no profile %s', d.profile)
FROM fireiot.device AS d
WHERE d.profile IS NOT NULL
	AND NOT EXISTS (SELECT FROM fireiot.profiles() AS p WHERE p.name = d.profile)
UNION ALL
SELECT 'resource', s.id::text, format('there is no device %s', s.device)
FROM fireiot.resource AS s
WHERE s.device IS NOT NULL AND NOT EXISTS (SELECT FROM fireiot.device AS d WHERE d.device OPERATOR(fireiot.=) s.device)
UNION ALL
SELECT 'part', format('%s %s', p.device, p.part), 'has a pixel, and its area no plan'
FROM fireiot.part AS p
WHERE p.plan_x IS NOT NULL AND p.delivered IS NULL AND p.geom IS NULL
UNION ALL
SELECT 'part', format('%s %s', p.device, p.part), format('there is no device %s', p.device)
FROM fireiot.part AS p
WHERE NOT EXISTS (SELECT FROM fireiot.device AS d WHERE d.device OPERATOR(fireiot.=) p.device);
COMMENT ON VIEW fireiot.registry_problem IS
'What in the registry refers to nothing, and what lacks its place: no rows when all is well';

CREATE OR REPLACE VIEW fireiot.pending_device AS
SELECT d.device, d.created_at, n.first_seen, n.last_seen, n.frames, n.peer, d.note
FROM fireiot.device AS d
LEFT JOIN fireiot.device_now AS n ON n.device OPERATOR(fireiot.=) d.device
WHERE d.admission = 'pending';
COMMENT ON VIEW fireiot.pending_device IS
'Devices that wait for fireiot.admit_device or fireiot.reject_device';

CREATE OR REPLACE FUNCTION fireiot.admit_device(device fireiot.device_addr, unit_id bigint DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot.unit AS u WHERE u.id = admit_device.unit_id)
		AND unit_id IS NOT NULL THEN
		RAISE EXCEPTION 'unit % does not exist', unit_id
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT id, name FROM fireiot.unit lists them.';
	END IF;
	UPDATE fireiot.device AS d
	SET admission = 'admitted', admitted_at = now(), admitted_by = session_user,
		unit_id = coalesce(admit_device.unit_id, d.unit_id)
	WHERE d.device = admit_device.device;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'device % is not registered', device
			USING ERRCODE = 'undefined_object',
				HINT = 'INSERT INTO fireiot.device registers it; SELECT device FROM fireiot.pending_device lists those that wait.';
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.admit_device(fireiot.device_addr, bigint) IS
'From now on the device may store';

CREATE OR REPLACE FUNCTION fireiot.reject_device(device fireiot.device_addr, note text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	UPDATE fireiot.device AS d
	SET admission = 'rejected', admitted_at = NULL, admitted_by = NULL,
		note = coalesce(reject_device.note, d.note)
	WHERE d.device = reject_device.device;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'device % is not registered', device
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT device FROM fireiot.pending_device lists those that wait.';
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.reject_device(fireiot.device_addr, text) IS
'From now on what the device sends is denied';

CREATE OR REPLACE VIEW fireiot.part_state AS
SELECT n.device, d.name AS device_name, d.unit_id, u.name AS unit_name,
	CASE WHEN n.kind NOT BETWEEN 21 AND 28 THEN n.part END AS part,
	p.name AS part_name, p.location,
	coalesce(p.building_id, d.building_id) AS building_id,
	n.kind, k.name_zh AS kind_zh, k.name_en AS kind_en,
	s.name_zh AS system_zh, s.name_en AS system_en,
	c.name_zh AS component_zh, c.name_en AS component_en,
	n.state, fireiot.state_names(n.state, 'zh') AS state_zh, fireiot.state_names(n.state, 'en') AS state_en,
	fireiot.alarm_class(n.state) AS class,
	q.code AS quantity, q.name_zh AS quantity_zh, q.name_en AS quantity_en, n.value, q.unit,
	n.operator, n.text, n.since, n.observed_at, n.received_at, n.frame_id
FROM fireiot.part_now AS n
LEFT JOIN fireiot.device AS d ON d.device OPERATOR(fireiot.=) n.device
LEFT JOIN fireiot.unit AS u ON u.id = d.unit_id
LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) n.device AND p.part OPERATOR(fireiot.=) n.part
	AND n.kind NOT BETWEEN 21 AND 28
LEFT JOIN fireiot.data_unit_type AS k ON k.code = n.kind
LEFT JOIN fireiot.system_type AS s ON s.code = fireiot.system_type(n.part) AND n.kind NOT BETWEEN 21 AND 28
LEFT JOIN fireiot.component_type AS c ON c.code = fireiot.component_type(n.part)
LEFT JOIN fireiot.quantity AS q ON q.code = n.quantity;
COMMENT ON VIEW fireiot.part_state IS
'fireiot.part_now with the names of the registry and of the codes; part is null for the device itself';
