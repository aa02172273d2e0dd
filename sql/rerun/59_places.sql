-- Where things are: parts by their plans, alarms by the registry.

CREATE OR REPLACE FUNCTION fireiot.place_part()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	affine double precision[];
BEGIN
	IF NEW.delivered IS NOT NULL THEN
		NEW.geom := fireiot.point_of(NEW.delivered, NEW.coordinate_system);
		RETURN NEW;
	END IF;
	IF NEW.plan_x IS NOT NULL THEN
		SELECT a.plan_affine INTO affine FROM fireiot.area AS a WHERE a.id = NEW.area_id;
		-- a restore may load parts before areas; their place is in the dump
		IF FOUND OR TG_OP <> 'INSERT' THEN
			NEW.geom := fireiot.plan_to_world(affine, NEW.plan_x, NEW.plan_y);
		END IF;
		RETURN NEW;
	END IF;
	NEW.geom := NULL;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION fireiot.place_part() IS
'Trigger of fireiot.part: geom, by what was delivered, else by its pixel in the plan of its area';
CREATE OR REPLACE TRIGGER place_part BEFORE INSERT OR UPDATE OF delivered, coordinate_system, plan_x, plan_y, area_id, geom ON fireiot.part
	FOR EACH ROW EXECUTE FUNCTION fireiot.place_part();
COMMENT ON TRIGGER place_part ON fireiot.part IS 'keeps geom';

CREATE OR REPLACE FUNCTION fireiot.place_parts()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
BEGIN
	UPDATE fireiot.part AS p SET geom = p.geom
	FROM told AS a WHERE p.area_id = a.id AND p.plan_x IS NOT NULL AND p.delivered IS NULL
		AND (p.geom OPERATOR(@postgis@.=) fireiot.plan_to_world(a.plan_affine, p.plan_x, p.plan_y)) IS NOT TRUE;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.place_parts() IS
'Triggers of fireiot.area: parts follow the plan that they are in';
CREATE OR REPLACE TRIGGER place_parts_of_new AFTER INSERT ON fireiot.area
	REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION fireiot.place_parts();
COMMENT ON TRIGGER place_parts_of_new ON fireiot.area IS 'places parts by the plan';
CREATE OR REPLACE TRIGGER place_parts AFTER UPDATE ON fireiot.area
	REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION fireiot.place_parts();
COMMENT ON TRIGGER place_parts ON fireiot.area IS 'places parts by the plan';

CREATE OR REPLACE FUNCTION fireiot.place_of(device fireiot.device_addr, part fireiot.part_addr, unit_id bigint,
	OUT geom @postgis@.geometry(Point, 4326), OUT placed_by text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT coalesce(p.geom, r.geom, b.geom, d.geom, s.geom, h.geom, u.geom),
		CASE WHEN p.geom IS NOT NULL THEN 'part' WHEN r.geom IS NOT NULL THEN 'area' WHEN b.geom IS NOT NULL THEN 'building'
			WHEN d.geom IS NOT NULL THEN 'device' WHEN s.geom IS NOT NULL THEN 'area of the device'
			WHEN h.geom IS NOT NULL THEN 'building of the device' WHEN u.geom IS NOT NULL THEN 'unit' END
	FROM (SELECT) AS one
	LEFT JOIN fireiot.part AS p ON p.device OPERATOR(fireiot.=) place_of.device AND p.part OPERATOR(fireiot.=) place_of.part
	LEFT JOIN fireiot.area AS r ON r.id = p.area_id
	LEFT JOIN fireiot.building AS b ON b.id = coalesce(r.building_id, p.building_id)
	LEFT JOIN fireiot.device AS d ON d.device OPERATOR(fireiot.=) place_of.device
	LEFT JOIN fireiot.area AS s ON s.id = d.area_id
	LEFT JOIN fireiot.building AS h ON h.id = coalesce(s.building_id, d.building_id)
	LEFT JOIN fireiot.unit AS u ON u.id = coalesce(place_of.unit_id, b.unit_id, d.unit_id, h.unit_id);
END;
COMMENT ON FUNCTION fireiot.place_of(fireiot.device_addr, fireiot.part_addr, bigint) IS
'Where something is, and by what it is known: part, area, building, device, area of the device, building of the device, unit; null: not known';

-- In the order of keys in which everybody locks these rows.
CREATE OR REPLACE FUNCTION fireiot.place_alarms()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	moved bigint;
BEGIN
	WITH misplaced AS MATERIALIZED (
		SELECT a.id, p.geom FROM fireiot.alarm_now AS a, fireiot.place_of(a.device, a.part, a.unit_id) AS p
		WHERE NOT coalesce(a.geom OPERATOR(@postgis@.=) p.geom, a.geom IS NULL AND p.geom IS NULL)
		ORDER BY a.device, a.part, a.class, a.subject FOR UPDATE OF a
	)
	UPDATE fireiot.alarm_now AS a SET geom = m.geom FROM misplaced AS m WHERE a.id = m.id;
	GET DIAGNOSTICS moved = ROW_COUNT;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION fireiot.place_alarms() IS
'Sets right where open alarms are after the registry has changed; how many were elsewhere. The keeper calls it every ten minutes';

CREATE OR REPLACE FUNCTION fireiot.is_classified(unit_id bigint)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM fireiot.unit_profile AS p WHERE p.unit_id = is_classified.unit_id AND p.classified)
$$;
COMMENT ON FUNCTION fireiot.is_classified(bigint) IS
'Is the unit a classified one 涉密单位, which no shared map or list shows? Of null: no';
