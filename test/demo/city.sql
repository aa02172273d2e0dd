-- The registry of a made-up city: who is looked after, where the devices are,
-- and what hangs behind them.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION fireiot CASCADE;
SELECT fireiot.setup_role() \g /dev/null
ALTER DATABASE city SET search_path = "$user", public, fireiot;
ALTER DATABASE city SET timezone = 'Asia/Shanghai';
SET search_path = public, fireiot;

INSERT INTO organization (name, kind) VALUES
	('安澜市消防物联网运营服务中心', 'operator'),
	('安澜市安泰消防设施维护保养有限公司', 'maintenance'),
	('安澜市消防救援支队', 'authority'),
	('安澜国际商务管理有限公司', 'owner'),
	('安澜市教育管理中心', 'owner'),
	('安澜市医疗管理中心', 'owner'),
	('安澜文旅酒店管理有限公司', 'owner'),
	('安澜仓储物流有限公司', 'owner');

INSERT INTO unit (name, address, organization_id, operator_id, maintenance_id)
SELECT v.name, v.address, o.id, op.id, m.id
FROM (VALUES
	('安澜国际大厦', '滨江区和平路1号', '安澜国际商务管理有限公司'),
	('安澜万象商业广场', '滨江区和平路8号', '安澜国际商务管理有限公司'),
	('安澜市第一实验中学', '滨江区文苑路2号', '安澜市教育管理中心'),
	('安澜市中心医院', '滨江区康宁路6号', '安澜市医疗管理中心'),
	('安澜颐养中心', '北苑区松鹤路3号', '安澜市医疗管理中心'),
	('云栖湖酒店', '湖滨区环湖路9号', '安澜文旅酒店管理有限公司'),
	('安澜博物馆', '湖滨区环湖路12号', '安澜文旅酒店管理有限公司'),
	('北苑仓储园区', '北苑区货运大道5号', '安澜仓储物流有限公司')) AS v (name, address, owner)
JOIN organization AS o ON o.name = v.owner
JOIN organization AS op ON op.kind = 'operator'
JOIN organization AS m ON m.kind = 'maintenance';

-- As if it were in Zhejiang: so the rules of that province judge, and where a
-- unit is certified those of the certificate, too.
UPDATE unit SET division_code = '33';
INSERT INTO unit_profile (unit_id, control_room, certifications)
SELECT id, true, '{CQC/SC 11002}' FROM unit WHERE name = '安澜国际大厦';

INSERT INTO building (unit_id, name, address, floors_above, floors_below, height_m)
SELECT u.id, v.name, u.address, v.above, v.below, v.height
FROM (VALUES
	('安澜国际大厦', '1号楼', 22, 3, 96.5),
	('安澜国际大厦', '2号楼', 18, 3, 79.0),
	('安澜万象商业广场', '主楼', 6, 2, 31.0),
	('安澜市第一实验中学', '教学楼', 5, 0, 19.8),
	('安澜市第一实验中学', '宿舍楼', 6, 0, 21.6),
	('安澜市中心医院', '门诊楼', 8, 1, 34.2),
	('安澜市中心医院', '住院楼', 16, 2, 66.0),
	('安澜颐养中心', '主楼', 4, 1, 15.6),
	('云栖湖酒店', '主楼', 12, 2, 48.0),
	('安澜博物馆', '展馆', 3, 1, 18.0),
	('北苑仓储园区', '1号库', 1, 0, 11.5),
	('北苑仓储园区', '2号库', 1, 0, 11.5)) AS v (unit, name, above, below, height)
JOIN unit AS u ON u.name = v.unit;

INSERT INTO area (building_id, name, floor)
SELECT b.id, v.name, v.floor
FROM (VALUES
	('安澜国际大厦', '1号楼', '消防控制室', '1层'),
	('安澜国际大厦', '1号楼', '3层办公区', '3层'),
	('安澜国际大厦', '1号楼', '消防泵房', '地下2层'),
	('安澜国际大厦', '1号楼', '屋顶机房', '屋顶'),
	('安澜市中心医院', '住院楼', '7层病区', '7层'),
	('云栖湖酒店', '主楼', '5层客房', '5层'),
	('安澜万象商业广场', '主楼', '2层中庭', '2层')) AS v (unit, building, name, floor)
JOIN unit AS u ON u.name = v.unit
JOIN building AS b ON b.unit_id = u.id AND b.name = v.building;

-- The last two are those of the captured frames.
INSERT INTO device (device, unit_id, building_id, name, profile)
SELECT v.device, u.id, b.id, v.name, v.profile
FROM (VALUES
	(device_addr '0000000a1001', '安澜国际大厦', '1号楼', '1号楼传输装置', NULL),
	('0000000a1002', '安澜国际大厦', '2号楼', '2号楼传输装置', NULL),
	('0000000a1003', '安澜万象商业广场', '主楼', '商业广场传输装置', NULL),
	('0000000a1004', '安澜市第一实验中学', '宿舍楼', '宿舍楼传输装置', NULL),
	('0000000a1005', '安澜市中心医院', '门诊楼', '门诊楼传输装置', NULL),
	('0000000a1006', '安澜市中心医院', '住院楼', '住院楼传输装置', NULL),
	('0000000a1007', '安澜颐养中心', '主楼', '颐养中心传输装置', NULL),
	('0000000a1008', '云栖湖酒店', '主楼', '酒店传输装置', NULL),
	('0000000a1009', '安澜博物馆', '展馆', '博物馆传输装置', NULL),
	('0000000a100a', '北苑仓储园区', '1号库', '1号库传输装置', NULL),
	('000000000379', '安澜市第一实验中学', '教学楼', '教学楼传输装置', NULL),
	('0000000a0b0c', '北苑仓储园区', '2号库', '2号库传输装置', 'jk-gh2013g')) AS v (device, unit, building, name, profile)
JOIN unit AS u ON u.name = v.unit
JOIN building AS b ON b.unit_id = u.id AND b.name = v.building;

INSERT INTO part (device, part, name, floor, area_id)
SELECT v.device, v.part, v.name, v.floor, a.id
FROM (VALUES
	-- the building of the drill (test/sim/drill.script)
	(device_addr '0000000a1001', part_addr '1.1/42.196609', '3层走廊烟感', '3层', '3层办公区'),
	('0000000a1001', '1.1/42.262145', '3层会议室烟感', '3层', '3层办公区'),
	('0000000a1001', '1.1/23.327681', '3层东手动报警按钮', '3层', '3层办公区'),
	('0000000a1001', '1.1/31.393217', '3层会议室感温', '3层', '3层办公区'),
	('0000000a1001', '1.1/121.458753', '3层声光警报器', '3层', '3层办公区'),
	('0000000a1001', '12.1/96.65538', '3层水流指示器', '3层', '3层办公区'),
	('0000000a1001', '12.1/98.131074', '湿式报警阀', '地下2层', '消防泵房'),
	('0000000a1001', '12.1/99.196610', '报警阀压力开关', '地下2层', '消防泵房'),
	('0000000a1001', '12.1/95.262146', '1号喷淋泵', '地下2层', '消防泵房'),
	('0000000a1001', '12.1/99.327682', '喷淋管网末端压力', '22层', NULL),
	('0000000a1001', '11.1/92.65538', '地下消防水池', '地下3层', NULL),
	('0000000a1001', '19.1/117.65539', '3层中庭防火卷帘', '3层', '3层办公区'),
	('0000000a1001', '19.1/102.131075', '3层东防火门', '3层', '3层办公区'),
	('0000000a1001', '18.1/115.65540', '3层走廊排烟口', '3层', '3层办公区'),
	('0000000a1001', '18.1/111.131076', '屋顶排烟风机', '屋顶', '屋顶机房'),
	('0000000a1001', '18.1/111.196612', '屋顶排烟风量', '屋顶', '屋顶机房'),
	('0000000a1001', '20.1/87.65541', '2号消防电梯', NULL, NULL),
	('0000000a1001', '21.1/86.65542', '应急广播', NULL, NULL),
	('0000000a1001', '22.1/86.65543', '应急照明疏散指示', NULL, NULL),
	-- the rest of the city
	('0000000a1002', '1.1/42.65537', '18层走廊烟感', '18层', NULL),
	('0000000a1002', '12.1/95.65538', '2号楼喷淋泵', '地下2层', NULL),
	('0000000a1003', '1.1/43.65537', '2层中庭光束感烟', '2层', '2层中庭'),
	('0000000a1003', '19.1/117.65538', '2层中庭防火卷帘', '2层', '2层中庭'),
	('0000000a1003', '12.1/99.65539', '喷淋管网末端压力', '6层', NULL),
	('0000000a1004', '1.1/42.65537', '5层走廊烟感', '5层', NULL),
	('0000000a1005', '1.1/42.65537', '药房烟感', '1层', NULL),
	('0000000a1006', '1.1/18.65537', '7层配电间测温', '7层', '7层病区'),
	('0000000a1006', '13.1/81.65538', '影像中心气体灭火控制器', '地下1层', NULL),
	('0000000a1007', '1.1/42.65537', '活动室烟感', '1层', NULL),
	('0000000a1008', '1.1/42.65537', '512房间烟感', '5层', '5层客房'),
	('0000000a1008', '1.1/10.65538', '厨房可燃气体探测器', '1层', NULL),
	('0000000a1009', '1.1/44.65537', '展厅吸气式感烟', '2层', NULL),
	('0000000a100a', '11.1/92.65537', '消防水池', NULL, NULL),
	('000000000379', '1.1/40.131082', '2层实验室烟感', '2层', NULL),
	('0000000a0b0c', '1.1/42.131331', '库房走廊烟感', NULL, NULL),
	('0000000a0b0c', '1.1/31.16909060', '冷库外温度', NULL, NULL),
	('0000000a0b0c', '1.1/31.1', '冷库1号温度', NULL, NULL),
	('0000000a0b0c', '1.1/31.2', '冷库2号温度', NULL, NULL)) AS v (device, part, name, floor, area)
JOIN device AS d USING (device)
LEFT JOIN area AS a ON a.building_id = d.building_id AND a.name = v.area;

SELECT format('%s organizations, %s units, %s buildings, %s devices, %s parts; problems: %s',
	(SELECT count(*) FROM organization), (SELECT count(*) FROM unit), (SELECT count(*) FROM building),
	(SELECT count(*) FROM device), (SELECT count(*) FROM part),
	(SELECT count(*) FROM registry_problem)) AS summary \gset
\echo The registry: :summary
