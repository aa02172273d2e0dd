-- What QGIS shows the layers with: styles in its table layer_styles, a project,
-- layer definitions.  All of it from one list of symbols.

CREATE OR REPLACE FUNCTION fireiot.qgis_symbols(
	OUT layer text, OUT n integer, OUT value text, OUT label text, OUT shape text, OUT colour text, OUT size numeric)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 40
BEGIN ATOMIC
	SELECT s.* FROM (VALUES
		('open_alarm', 1, 'fire', '火警', 'star', '215,25,28', 6.5),
		('open_alarm', 2, 'event', '事件', 'triangle', '240,120,0', 4.6),
		('open_alarm', 3, 'fault', '故障', 'diamond', '230,180,0', 4.0),
		('open_alarm', 4, 'link', '通信中断', 'cross2', '110,110,110', 4.0),
		('part', 1, 'fire', '火警', 'circle', '215,25,28', 2.6),
		('part', 2, 'event', '事件', 'circle', '240,120,0', 2.4),
		('part', 3, 'fault', '故障', 'circle', '230,180,0', 2.4),
		('part', 4, 'quiet', '正常', 'circle', '90,170,90', 1.6),
		('device', 1, 'fire', '火警', 'square', '215,25,28', 3.2),
		('device', 2, 'event', '事件', 'square', '240,120,0', 3.2),
		('device', 3, 'fault', '故障', 'square', '230,180,0', 3.2),
		('device', 4, 'link', '通信中断', 'square', '110,110,110', 3.2),
		('device', 5, 'online', '在线', 'square', '90,170,90', 2.6),
		('device', 6, 'offline', '离线', 'square', '170,170,170', 2.6),
		('resource', 1, 'hydrant_outdoor', '室外消火栓', 'circle', '20,90,200', 3.6),
		('resource', 2, 'hydrant_indoor', '室内消火栓', 'circle', '110,160,220', 2.6),
		('resource', 3, 'water_source', '天然水源', 'pentagon', '0,150,170', 4.2),
		('resource', 4, 'tank', '消防水池', 'square', '0,120,150', 3.8),
		('resource', 5, 'micro_station', '微型消防站', 'equilateral_triangle', '150,30,110', 5.0),
		('resource', 6, 'fire_station', '消防站', 'hexagon', '150,0,30', 5.4),
		('resource', 7, 'vehicle', '消防车', 'filled_arrowhead', '150,0,30', 4.4),
		('resource', 8, 'camera', '摄像机', 'semi_circle', '90,70,150', 3.6),
		('resource', 9, 'other', '其他', 'circle', '80,80,80', 3.0),
		('resource', 10, 'unusable', '不可用', 'cross2', '130,130,130', 3.4),
		('unit', 1, 'fire', '火警', 'diamond', '215,25,28', 4.6),
		('unit', 2, 'event', '事件', 'diamond', '240,120,0', 4.2),
		('unit', 3, 'fault', '故障', 'diamond', '230,180,0', 4.2),
		('unit', 4, 'link', '通信中断', 'diamond', '110,110,110', 4.2),
		('unit', 5, 'quiet', '正常', 'diamond', '90,170,90', 3.6),
		('building', 1, 'building', '建筑物', 'square', '150,140,130', 2.0),
		('building_outline', 1, 'building', '建筑物', 'fill', '222,214,202', 0.3)) AS s;
END;
COMMENT ON FUNCTION fireiot.qgis_symbols() IS
'Symbols of the layers in QGIS: for which value of fireiot.qgis_layers, with which label, shape, colour (red, green, blue) and size in millimetres';

CREATE OR REPLACE FUNCTION fireiot.qgis_layers(
	OUT layer text, OUT n integer, OUT name_zh text, OUT geometry text, OUT value text, OUT label text, OUT visible boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 7
BEGIN ATOMIC
	SELECT l.* FROM (VALUES
		('open_alarm', 1, '未结案件', 'Point', '"class"', '"kind_zh"', true),
		('resource', 2, '消防资源', 'Point', 'if(coalesce("usable", false), "kind", ''unusable'')', 'coalesce("code", "name")', true),
		('part', 3, '部件', 'Point', 'coalesce("worst_class", "state_class", ''quiet'')', NULL, true),
		('device', 4, '传输装置', 'Point', 'coalesce("worst_class", if("online", ''online'', ''offline''))', NULL, true),
		('unit', 5, '联网单位', 'Point', 'coalesce("worst_class", ''quiet'')', '"name"', true),
		('building', 6, '建筑物', 'Point', '''building''', NULL, false),
		('building_outline', 7, '建筑物轮廓', 'MultiPolygon', '''building''', NULL, true)) AS l;
END;
COMMENT ON FUNCTION fireiot.qgis_layers() IS
'Layers of the project for QGIS from the top, with the expressions by which they get their symbols and labels';

CREATE OR REPLACE FUNCTION fireiot.qgis_option(name text, value text)
RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT xmlelement(NAME "Option", xmlattributes(name AS name, 'QString' AS type, value AS value));
END;
COMMENT ON FUNCTION fireiot.qgis_option(text, text) IS 'A property of a symbol of QGIS';

CREATE OR REPLACE FUNCTION fireiot.qgis_symbol(n integer, shape text, colour text, size numeric)
RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT xmlelement(NAME symbol, xmlattributes(CASE shape WHEN 'fill' THEN 'fill' ELSE 'marker' END AS type, n AS name, 1 AS alpha),
		xmlelement(NAME layer, xmlattributes(CASE shape WHEN 'fill' THEN 'SimpleFill' ELSE 'SimpleMarker' END AS class, 0 AS pass, 1 AS enabled, 0 AS locked),
			xmlelement(NAME "Option", xmlattributes('Map' AS type),
				fireiot.qgis_option('color', colour || ',255'),
				CASE shape WHEN 'fill' THEN xmlconcat(fireiot.qgis_option('outline_color', '150,140,130,255'),
					fireiot.qgis_option('outline_width', size::text), fireiot.qgis_option('style', 'solid'))
				ELSE xmlconcat(fireiot.qgis_option('name', shape), fireiot.qgis_option('size', size::text), fireiot.qgis_option('size_unit', 'MM'),
					fireiot.qgis_option('outline_color', CASE shape WHEN 'cross2' THEN colour ELSE '255,255,255' END || ',255'),
					fireiot.qgis_option('outline_width', CASE shape WHEN 'cross2' THEN '0.8' ELSE '0.2' END)) END)));
END;
COMMENT ON FUNCTION fireiot.qgis_symbol(integer, text, text, numeric) IS 'A symbol of QGIS, for layer definitions and styles';

CREATE OR REPLACE FUNCTION fireiot.qgis_drawing(layer text)
RETURNS xml
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT xmlconcat(
		xmlelement(NAME "renderer-v2", xmlattributes('categorizedSymbol' AS type, l.value AS attr),
			xmlelement(NAME categories, xmlagg(xmlelement(NAME category, xmlattributes(s.n AS symbol, s.value AS value, s.label AS label, 'true' AS render)) ORDER BY s.n)),
			xmlelement(NAME symbols, xmlagg(fireiot.qgis_symbol(s.n, s.shape, s.colour, s.size) ORDER BY s.n))),
		CASE WHEN l.label IS NOT NULL THEN xmlelement(NAME labeling, xmlattributes('simple' AS type),
			xmlelement(NAME settings, xmlattributes('simple' AS "calloutType"),
				xmlelement(NAME "text-style", xmlattributes(l.label AS "fieldName", 1 AS "isExpression", 8 AS "fontSize", 'Point' AS "fontSizeUnit",
						'Sans Serif' AS "fontFamily", '40,40,40,255' AS "textColor", 1 AS "textOpacity"),
					xmlelement(NAME "text-buffer", xmlattributes(1 AS "bufferDraw", 0.8 AS "bufferSize", 'MM' AS "bufferSizeUnits",
						'255,255,255,255' AS "bufferColor", 1 AS "bufferOpacity"))),
				xmlelement(NAME placement, xmlattributes(CASE l.geometry WHEN 'Point' THEN 6 ELSE 4 END AS placement, 1.6 AS dist, 'MM' AS "distUnits",
					'TR,TL,BR,BL,R,L,TSR,BSR' AS "predefinedPositionOrder")),
				-- what is in a building is labelled, too
				xmlelement(NAME rendering, xmlattributes(0 AS obstacle, 1 AS "drawLabels")))) END)
	FROM fireiot.qgis_layers() AS l JOIN fireiot.qgis_symbols() AS s ON s.layer = l.layer
	WHERE l.layer = qgis_drawing.layer
	GROUP BY l.value, l.label, l.geometry;
END;
COMMENT ON FUNCTION fireiot.qgis_drawing(text) IS 'How QGIS draws and labels a layer';

CREATE OR REPLACE FUNCTION fireiot.qgis_style(layer text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT '<!DOCTYPE qgis PUBLIC ''http://mrcc.com/qgis.dtd'' ''SYSTEM''>' || E'\n'
		|| xmlelement(NAME qgis, xmlattributes('3.22.16' AS version, 'Symbology|Labeling' AS "styleCategories", (l.label IS NOT NULL)::integer AS "labelsEnabled"),
			fireiot.qgis_drawing(l.layer))::text || E'\n'
	FROM fireiot.qgis_layers() AS l WHERE l.layer = qgis_style.layer;
END;
COMMENT ON FUNCTION fireiot.qgis_style(text) IS 'The style of a layer for QGIS, a QML file';

CREATE OR REPLACE FUNCTION fireiot.qgis_crs(srid integer)
RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT xmlelement(NAME spatialrefsys, xmlelement(NAME srid, srid), xmlelement(NAME authid, 'EPSG:' || srid::text));
END;
COMMENT ON FUNCTION fireiot.qgis_crs(integer) IS 'A coordinate reference system in the words of QGIS';

-- The id is 'id', and unique: QGIS need not look.  The service is one of
-- pg_service.conf, so that no host and no password stands in a file.
CREATE OR REPLACE FUNCTION fireiot.qgis_maplayer(layer text, service text)
RETURNS xml
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT xmlelement(NAME maplayer,
		xmlattributes('vector' AS type, CASE l.geometry WHEN 'Point' THEN 'Point' ELSE 'Polygon' END AS geometry, (l.label IS NOT NULL)::integer AS "labelsEnabled",
			1 AS "refreshOnNotifyEnabled", 'fireiot_map.' || l.layer AS "refreshOnNotifyMessage", 'AllStyleCategories' AS "styleCategories"),
		xmlelement(NAME id, 'fireiot_' || l.layer),
		xmlelement(NAME datasource, format('service=%L key=''id'' estimatedmetadata=true srid=4326 type=%s checkPrimaryKeyUnicity=''0'' table="fireiot_map"."%s" (geom)',
			service, l.geometry, l.layer)),
		xmlelement(NAME layername, l.name_zh),
		xmlelement(NAME srs, fireiot.qgis_crs(4326)),
		xmlelement(NAME provider, 'postgres'),
		xmlelement(NAME flags, xmlelement(NAME "Identifiable", 1), xmlelement(NAME "Removable", 1), xmlelement(NAME "Searchable", 1)),
		fireiot.qgis_drawing(l.layer))
	FROM fireiot.qgis_layers() AS l WHERE l.layer = qgis_maplayer.layer;
END;
COMMENT ON FUNCTION fireiot.qgis_maplayer(text, text) IS 'A layer of a project or layer definition of QGIS';

CREATE OR REPLACE FUNCTION fireiot.qgis_tree()
RETURNS xml
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT xmlagg(xmlelement(NAME "layer-tree-layer", xmlattributes('fireiot_' || l.layer AS id, l.name_zh AS name, 'postgres' AS "providerKey",
		CASE WHEN l.visible THEN 'Qt::Checked' ELSE 'Qt::Unchecked' END AS checked, 1 AS expanded)) ORDER BY l.n)
	FROM fireiot.qgis_layers() AS l;
END;
COMMENT ON FUNCTION fireiot.qgis_tree() IS 'The layers in their order, for QGIS';

CREATE OR REPLACE FUNCTION fireiot.qgis_project(service text DEFAULT 'fireiot')
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT '<!DOCTYPE qgis PUBLIC ''http://mrcc.com/qgis.dtd'' ''SYSTEM''>' || E'\n'
		|| replace(xmlelement(NAME qgis, xmlattributes('fireiot' AS projectname, '3.22.16' AS version),
			xmlelement(NAME title, 'fireiot'),
			xmlelement(NAME "projectCrs", fireiot.qgis_crs(3857)),
			xmlelement(NAME "layer-tree-group", fireiot.qgis_tree()),
			xmlelement(NAME projectlayers, (SELECT xmlagg(fireiot.qgis_maplayer(l.layer, service) ORDER BY l.n) FROM fireiot.qgis_layers() AS l)),
			xmlelement(NAME properties, xmlelement(NAME "Paths", xmlelement(NAME "Absolute", xmlattributes('bool' AS type), 'false'))))::text,
			'><', E'>\n<') || E'\n';
END;
COMMENT ON FUNCTION fireiot.qgis_project(text) IS
'A project for QGIS, a QGS file, with all layers, over a service of pg_service.conf';

CREATE OR REPLACE FUNCTION fireiot.qgis_layer_definition(service text DEFAULT 'fireiot')
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT '<!DOCTYPE qgis-layer-definition>' || E'\n'
		|| replace(xmlelement(NAME qlr,
			xmlelement(NAME "layer-tree-group", xmlelement(NAME "layer-tree-group", xmlattributes('fireiot' AS name, 'Qt::Checked' AS checked, 1 AS expanded), fireiot.qgis_tree())),
			xmlelement(NAME maplayers, (SELECT xmlagg(fireiot.qgis_maplayer(l.layer, service) ORDER BY l.n) FROM fireiot.qgis_layers() AS l)))::text,
			'><', E'>\n<') || E'\n';
END;
COMMENT ON FUNCTION fireiot.qgis_layer_definition(text) IS
'The layers as a layer definition for QGIS, a QLR file, to add them to a project, over a service of pg_service.conf';

-- QGIS looks for layer_styles along the search path, and makes it in public.
-- Its columns are those of QGIS 3.22; newer ones add theirs.
CREATE OR REPLACE FUNCTION fireiot.install_qgis_styles(role name DEFAULT NULL, schema name DEFAULT 'public')
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, fireiot, pg_temp
AS $$
DECLARE
	styles text := format('%I.layer_styles', schema);
	installed integer;
BEGIN
	IF to_regclass(styles) IS NULL THEN
		EXECUTE format('CREATE TABLE %s (id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar,
			f_geometry_column varchar, stylename text, styleqml xml, stylesld xml, useasdefault boolean, description text,
			owner varchar(63) DEFAULT current_user, ui xml, update_time timestamp DEFAULT current_timestamp)', styles);
	END IF;
	EXECUTE format('DELETE FROM %s WHERE f_table_catalog = current_database() AND f_table_schema = ''fireiot_map'' AND stylename = ''fireiot''', styles);
	-- a default of the site stays the default
	EXECUTE format('INSERT INTO %s AS mine (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename, styleqml, useasdefault, description, owner)
		SELECT current_database(), ''fireiot_map'', l.layer, ''geom'', ''fireiot'', xmlparse(DOCUMENT fireiot.qgis_style(l.layer)),
			NOT EXISTS (SELECT FROM %1$s AS o WHERE o.f_table_catalog = current_database() AND o.f_table_schema = ''fireiot_map'' AND o.f_table_name = l.layer AND o.useasdefault),
			l.name_zh, current_user
		FROM fireiot.qgis_layers() AS l ORDER BY l.n', styles);
	GET DIAGNOSTICS installed = ROW_COUNT;
	IF role IS NOT NULL THEN
		EXECUTE format('GRANT SELECT ON %s TO %I', styles, role);
	END IF;
	RETURN installed;
END
$$;
COMMENT ON FUNCTION fireiot.install_qgis_styles(name, name) IS
'Puts the styles of the layers into the table layer_styles of this database, where QGIS finds them, and lets a role read it; how many. The table is made if it is not there; called again it replaces our styles and no others';
