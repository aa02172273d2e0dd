-- The schema of published layers.  What is in it is in sql/rerun/75_layers.sql
-- and behind: views and functions only, no table and no data of its own.
CREATE SCHEMA fireiot_map;
COMMENT ON SCHEMA fireiot_map IS
'Layers of fireiot for maps: QGIS, GeoServer, pg_tileserv, pg_featureserv, Martin. Classified units are in none of them';

CREATE INDEX part_by_building ON fireiot.part (building_id) WHERE building_id IS NOT NULL;
COMMENT ON INDEX fireiot.part_by_building IS 'What is in classified buildings';
