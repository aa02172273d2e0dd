-- What is near: indexes of places, and the network of roads.

-- All kinds together, and each for itself: the nearest fire station would else
-- be looked for among the hydrants of half a city.
CREATE INDEX resource_geom ON fireiot.resource USING gist (geom);
COMMENT ON INDEX fireiot.resource_geom IS 'Map layers; the nearest of all kinds';
CREATE INDEX resource_place ON fireiot.resource USING gist ((geom::@postgis@.geography));
COMMENT ON INDEX fireiot.resource_place IS 'What is within so many true metres';
CREATE INDEX resource_geom_hydrant_outdoor ON fireiot.resource USING gist (geom) WHERE kind = 'hydrant_outdoor';
COMMENT ON INDEX fireiot.resource_geom_hydrant_outdoor IS 'The nearest of a kind';
CREATE INDEX resource_geom_hydrant_indoor ON fireiot.resource USING gist (geom) WHERE kind = 'hydrant_indoor';
COMMENT ON INDEX fireiot.resource_geom_hydrant_indoor IS 'The nearest of a kind';
CREATE INDEX resource_geom_water_source ON fireiot.resource USING gist (geom) WHERE kind = 'water_source';
COMMENT ON INDEX fireiot.resource_geom_water_source IS 'The nearest of a kind';
CREATE INDEX resource_geom_tank ON fireiot.resource USING gist (geom) WHERE kind = 'tank';
COMMENT ON INDEX fireiot.resource_geom_tank IS 'The nearest of a kind';
CREATE INDEX resource_geom_micro_station ON fireiot.resource USING gist (geom) WHERE kind = 'micro_station';
COMMENT ON INDEX fireiot.resource_geom_micro_station IS 'The nearest of a kind';
CREATE INDEX resource_geom_fire_station ON fireiot.resource USING gist (geom) WHERE kind = 'fire_station';
COMMENT ON INDEX fireiot.resource_geom_fire_station IS 'The nearest of a kind';
CREATE INDEX resource_geom_vehicle ON fireiot.resource USING gist (geom) WHERE kind = 'vehicle';
COMMENT ON INDEX fireiot.resource_geom_vehicle IS 'The nearest of a kind';
CREATE INDEX resource_geom_camera ON fireiot.resource USING gist (geom) WHERE kind = 'camera';
COMMENT ON INDEX fireiot.resource_geom_camera IS 'The nearest of a kind';
CREATE INDEX resource_geom_other ON fireiot.resource USING gist (geom) WHERE kind = 'other';
COMMENT ON INDEX fireiot.resource_geom_other IS 'The nearest of a kind';
CREATE INDEX resource_camera_reach ON fireiot.resource USING gist (fireiot.camera_reach(geom, camera_range_m)) WHERE kind = 'camera' AND camera_range_m IS NOT NULL;
COMMENT ON INDEX fireiot.resource_camera_reach IS 'Cameras that see a place';

-- Edges of the network of roads, loaded by the site: pgRouting finds ways along
-- them.
CREATE TABLE fireiot.road (
	id bigint PRIMARY KEY,
	source bigint NOT NULL,
	target bigint NOT NULL,
	cost_m double precision NOT NULL CHECK (cost_m >= 0),
	reverse_cost_m double precision NOT NULL,
	geom @postgis@.geometry(LineString, 4326) NOT NULL
);
COMMENT ON TABLE fireiot.road IS 'Roads: edges of a network, each from a node to a node; empty: distances are straight';
COMMENT ON COLUMN fireiot.road.source IS 'The node at its start';
COMMENT ON COLUMN fireiot.road.target IS 'The node at its end';
COMMENT ON COLUMN fireiot.road.cost_m IS 'Metres from source to target: of a slow road more than it is long, never less';
COMMENT ON COLUMN fireiot.road.reverse_cost_m IS 'Metres the other way; below zero: one way only';
CREATE INDEX road_geom ON fireiot.road USING gist (geom);
COMMENT ON INDEX fireiot.road_geom IS 'Roads of a region';
CREATE INDEX road_place ON fireiot.road USING gist ((geom::@postgis@.geography));
COMMENT ON INDEX fireiot.road_place IS 'The nearest road';

-- What fireiot.nearest_resources() puts in order.
CREATE TYPE fireiot.near_resource AS (
	resource_id integer,
	degrees double precision,
	metres double precision,
	usable boolean,
	reason text,
	value numeric,
	on_duty integer,
	road_metres double precision
);
COMMENT ON TYPE fireiot.near_resource IS
'A resource as it is found; degrees: by which the index goes';
