-- Code tables of GB/T 26875.3: Tables 2 to 6 and the bit fields of clause 8.2.
-- The rows come from src/codec/codes/ like the codec's own tables.  The codes
-- that the standard leaves to users, 128 and up, are a site's own: it adds rows
-- for them, and they are dumped.

CREATE TABLE fireiot.command_code (
	code smallint PRIMARY KEY CHECK (code BETWEEN 0 AND 255),
	kind text NOT NULL DEFAULT 'user' CHECK (kind IN ('defined', 'reserved', 'user')),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	direction text CHECK (direction IN ('up', 'down', 'both')),
	note text,
	builtin boolean NOT NULL DEFAULT false CHECK (builtin = (kind <> 'user')),
	CHECK ((kind = 'user') = (code >= 128))
);
COMMENT ON TABLE fireiot.command_code IS 'Commands 命令字节 (GB/T 26875.3 Table 2)';

CREATE TABLE fireiot.data_unit_type (
	code smallint PRIMARY KEY CHECK (code BETWEEN 0 AND 255),
	kind text NOT NULL DEFAULT 'user' CHECK (kind IN ('defined', 'reserved', 'user', 'unassigned')),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	direction text CHECK (direction IN ('up', 'down')),
	commands smallint[],
	object_bytes text,
	max_objects smallint,
	answered_by smallint,
	builtin boolean NOT NULL DEFAULT false CHECK (builtin = (kind <> 'user')),
	CHECK ((kind = 'user') = (code BETWEEN 128 AND 254))
);
COMMENT ON TABLE fireiot.data_unit_type IS 'Data unit types 类型标志 (Table 3)';
COMMENT ON COLUMN fireiot.data_unit_type.commands IS 'Commands under which the type stands';
COMMENT ON COLUMN fireiot.data_unit_type.object_bytes IS 'Bytes of an information object; L is a length byte''s value';
COMMENT ON COLUMN fireiot.data_unit_type.max_objects IS 'Information objects that a frame may hold';
COMMENT ON COLUMN fireiot.data_unit_type.answered_by IS 'Type that answers a request of this type';

CREATE TABLE fireiot.system_type (
	code smallint PRIMARY KEY CHECK (code BETWEEN 0 AND 255),
	kind text NOT NULL DEFAULT 'user' CHECK (kind IN ('defined', 'reserved', 'user')),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	note text,
	builtin boolean NOT NULL DEFAULT false CHECK (builtin = (kind <> 'user')),
	CHECK ((kind = 'user') = (code >= 128))
);
COMMENT ON TABLE fireiot.system_type IS 'Types of facility systems 建筑消防设施系统类型 (Table 4)';

CREATE TABLE fireiot.component_type (
	code smallint PRIMARY KEY CHECK (code BETWEEN 0 AND 255),
	kind text NOT NULL DEFAULT 'user' CHECK (kind IN ('defined', 'reserved', 'user')),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	note text,
	builtin boolean NOT NULL DEFAULT false CHECK (builtin = (kind <> 'user')),
	CHECK ((kind = 'user') = (code >= 128))
);
COMMENT ON TABLE fireiot.component_type IS 'Types of components 建筑消防设施部件类型 (Table 5)';

CREATE TABLE fireiot.quantity (
	code smallint PRIMARY KEY CHECK (code BETWEEN 0 AND 255),
	kind text NOT NULL DEFAULT 'user' CHECK (kind IN ('unused', 'defined', 'reserved', 'user')),
	name_zh text NOT NULL,
	name_en text NOT NULL,
	unit text,
	unit_zh text,
	resolution numeric,
	min_value numeric,
	max_value numeric,
	note text,
	builtin boolean NOT NULL DEFAULT false CHECK (builtin = (kind <> 'user')),
	CHECK ((kind = 'user') = (code >= 128))
);
COMMENT ON TABLE fireiot.quantity IS 'Analogue quantities 模拟量类型 (Table 6)';
COMMENT ON COLUMN fireiot.quantity.resolution IS 'Value of one step of the raw number';
COMMENT ON COLUMN fireiot.quantity.min_value IS 'Lower end of the standard''s range; a value outside is data all the same';
COMMENT ON COLUMN fireiot.quantity.max_value IS 'Upper end of the standard''s range';

CREATE TABLE fireiot.status_bit (
	state_kind smallint NOT NULL CHECK (state_kind IN (1, 2, 4, 21, 24)),
	bit smallint NOT NULL CHECK (bit BETWEEN 0 AND 15),
	key text,
	name_zh text NOT NULL,
	name_en text NOT NULL,
	clear_zh text,
	clear_en text,
	class text CHECK (class IN ('fire', 'fault', 'link', 'event')),
	note text,
	PRIMARY KEY (state_kind, bit)
);
COMMENT ON TABLE fireiot.status_bit IS 'Bits of the status and operation fields (clause 8.2)';
COMMENT ON COLUMN fireiot.status_bit.state_kind IS 'Data unit type that carries the field: 1 system, 2 component, 4 facility operation, 21 device, 24 device operation';
COMMENT ON COLUMN fireiot.status_bit.key IS 'Word for the set bit in alarm_state; null for a reserved bit';
COMMENT ON COLUMN fireiot.status_bit.class IS 'Alarm class of the set bit; null when it is no alarm';
