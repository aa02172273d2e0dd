-- Administrative divisions 行政区划: codes of GB/T 2260 and when they were in
-- force.  Here is a sample; fireiot.load_divisions brings the rest, and outlines.
--
-- Codes are given up, merged and renamed: a record is judged by the code that
-- was in force on its day.  A row of the site stands before one of ours.
CREATE TABLE fireiot.division (
	code text NOT NULL CHECK (code ~ '^[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?$'),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date CHECK (valid_to > valid_from),
	name text NOT NULL CHECK (name <> ''),
	successors text[],
	delivered @postgis@.geometry,
	coordinate_system text NOT NULL DEFAULT 'wgs84' CHECK (coordinate_system IN ('wgs84', 'cgcs2000', 'gcj02', 'bd09')),
	outline @postgis@.geometry(MultiPolygon, 4326) GENERATED ALWAYS AS (fireiot.outline_of(delivered, coordinate_system)) STORED,
	source text NOT NULL,
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (code, valid_from, builtin)
);
COMMENT ON TABLE fireiot.division IS 'Administrative divisions 行政区划 by their codes of GB/T 2260, when they were in force, and where they are';
COMMENT ON COLUMN fireiot.division.code IS 'Six digits: province, prefecture, county; 00 where there is none. Below a county nine or twelve';
COMMENT ON COLUMN fireiot.division.valid_from IS 'First day; -infinity: not known';
COMMENT ON COLUMN fireiot.division.valid_to IS 'Not in force any more on that day; null: until further notice';
COMMENT ON COLUMN fireiot.division.successors IS 'Codes of what it became a part of';
COMMENT ON COLUMN fireiot.division.delivered IS 'Its area as it was delivered, in coordinate_system; SRID 0 in gcj02 and bd09. Imports are held against it; it is no statement on borders';
COMMENT ON COLUMN fireiot.division.coordinate_system IS 'Of delivered: wgs84, cgcs2000, gcj02 or bd09';
COMMENT ON COLUMN fireiot.division.outline IS 'What delivered is in WGS84, computed';
COMMENT ON COLUMN fireiot.division.source IS 'Where this is from';

INSERT INTO fireiot.division (code, valid_from, valid_to, name, successors, source, builtin) VALUES
	('330000', '-infinity', NULL, '浙江省', NULL, 'GB/T 2260-2007', true),
	('330100', '-infinity', NULL, '杭州市', NULL, 'GB/T 2260-2007', true),
	('330102', '-infinity', '2021-04-09', '上城区', '{330102}', 'GB/T 2260-2007', true),
	('330102', '2021-04-09', NULL, '上城区', NULL, '浙政发〔2021〕7号', true),
	('330103', '-infinity', '2021-04-09', '下城区', '{330105}', 'GB/T 2260-2007', true),
	('330104', '-infinity', '2021-04-09', '江干区', '{330102,330114}', 'GB/T 2260-2007', true),
	('330105', '-infinity', '2021-04-09', '拱墅区', '{330105}', 'GB/T 2260-2007', true),
	('330105', '2021-04-09', NULL, '拱墅区', NULL, '浙政发〔2021〕7号', true),
	('330106', '-infinity', NULL, '西湖区', NULL, 'GB/T 2260-2007', true),
	('330108', '-infinity', NULL, '滨江区', NULL, 'GB/T 2260-2007', true),
	('330110', '-infinity', '2021-04-09', '余杭区', '{330110,330113}', 'GB/T 2260-2007', true),
	('330110', '2021-04-09', NULL, '余杭区', NULL, '浙政发〔2021〕7号', true),
	('330113', '2021-04-09', NULL, '临平区', NULL, '浙政发〔2021〕7号', true),
	('330114', '2021-04-09', NULL, '钱塘区', NULL, '浙政发〔2021〕7号', true);
