-- Nothing is PUBLIC by default.  What only reads the standard is given back:
-- the types, their functions, the codec and the code tables.
REVOKE ALL ON SCHEMA fireiot FROM PUBLIC;
GRANT USAGE ON SCHEMA fireiot TO PUBLIC;
