\echo Not by psql. \quit
CREATE SCHEMA fireiot;
CREATE TABLE fireiot.thing (id bigint);
