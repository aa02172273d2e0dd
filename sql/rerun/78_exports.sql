-- Layers as files: GeoJSON of each, GPX of resources for receivers.  They read
-- what the caller may read of schema fireiot_map.

CREATE OR REPLACE FUNCTION fireiot_map.geojson(layer text, coordinate_system text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	asked text := coalesce(coordinate_system, current_setting('fireiot.map_coordinate_system', true), 'wgs84');
	features text;
BEGIN
	IF NOT EXISTS (SELECT FROM fireiot_map.gt_pk_metadata AS m WHERE m.table_name = geojson.layer AND right(m.table_name, 8) <> '_shifted') THEN
		RAISE EXCEPTION 'there is no layer "%"', layer
			USING ERRCODE = 'undefined_table',
				HINT = 'Layers are the views of schema fireiot_map with a column id.';
	END IF;
	EXECUTE format('SELECT string_agg(jsonb_build_object(''type'', ''Feature'', ''id'', t.id,
			''geometry'', @postgis@.st_asgeojson(fireiot.from_wgs84(t.geom, $1), 7)::jsonb, ''properties'', to_jsonb(t) - ''{id,geom}''::text[])::text, E'',\n'' ORDER BY t.id)
		FROM fireiot_map.%I AS t', layer)
	INTO features USING asked;
	RETURN format(E'{"type": "FeatureCollection", "name": %s, "coordinate_system": %s, "features": [\n%s]}',
		to_json(layer), to_json(asked), features);
END
$$;
COMMENT ON FUNCTION fireiot_map.geojson(text, text) IS
'{"description": "A layer as GeoJSON; coordinate_system says in which its coordinates are, which is WGS84 as the format wants it unless another one is asked for"}';

CREATE OR REPLACE FUNCTION fireiot_map.gpx(kind text DEFAULT NULL, usable_only boolean DEFAULT false)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT '<?xml version="1.0" encoding="UTF-8"?>' || E'\n' || xmlelement(NAME gpx,
		xmlattributes('http://www.topografix.com/GPX/1/1' AS xmlns, '1.1' AS version, 'fireiot' AS creator),
		xmlagg(xmlelement(NAME wpt, xmlattributes(round(@postgis@.st_y(r.geom)::numeric, 7) AS lat, round(@postgis@.st_x(r.geom)::numeric, 7) AS lon),
			xmlelement(NAME name, translate(r.name, w.control, '')),
			xmlelement(NAME cmt, translate(concat_ws(', ', r.code, CASE WHEN r.usable THEN 'usable' ELSE 'not usable: ' || coalesce(r.reason, '') END), w.control, '')),
			xmlelement(NAME "desc", translate(r.address, w.control, '')),
			xmlelement(NAME sym, CASE WHEN r.usable THEN 'Flag, Blue' ELSE 'Flag, Red' END),
			xmlelement(NAME type, r.kind)) ORDER BY r.id))::text
	FROM fireiot_map.resource AS r,
		-- what XML cannot hold
		(SELECT string_agg(chr(c), '') AS control FROM generate_series(1, 31) AS c WHERE c NOT IN (9, 10, 13)) AS w
	WHERE (gpx.kind IS NULL OR r.kind = ANY (string_to_array(gpx.kind, ','))) AND (r.usable OR NOT gpx.usable_only);
END;
COMMENT ON FUNCTION fireiot_map.gpx(text, boolean) IS
'{"description": "Resources as GPX waypoints for receivers, in WGS84; kind: some kinds with commas between them"}';
