-- The schema of published layers.  What is in it is in sql/rerun/75_layers.sql
-- and behind: views and functions only, no table and no data of its own.
CREATE SCHEMA fireiot_map;
COMMENT ON SCHEMA fireiot_map IS
'Layers of fireiot for maps: QGIS, GeoServer, pg_tileserv, pg_featureserv, Martin. Classified units are in none of them';
