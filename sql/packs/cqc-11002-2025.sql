-- Service certification of the China Quality Certification Centre.

INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, certification, retention_source, status, valid_from, builtin) VALUES
	('cqc-11002-2025', 1, '消防设施物联网服务认证技术规范', 'Service certification of the China Quality Certification Centre', 'CQC/SC 11002-2025',
	 'certification', 'CQC/SC 11002', 'CQ', 'in_force', '2025-07-17', true);

INSERT INTO fireiot.pack_class (pack, version, kind, class, called, builtin) VALUES
	('cqc-11002-2025', 1, 'water_level.abnormal', 'fault', '异常状态信息', true),
	('cqc-11002-2025', 1, 'water_pressure.abnormal', 'fault', '异常状态信息', true),
	('cqc-11002-2025', 1, 'hydrant_pressure.low', 'fault', '异常状态信息', true),
	('cqc-11002-2025', 1, 'pump.not_automatic', 'fault', '异常状态信息', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, classes, kinds, metric,
	start_step, stop_steps, limit_interval, modality, targets, note, builtin) VALUES
	('cqc-11002-2025', 1, 'CQ-009', '{CQ-009}', 'F-02', '4.3.1', '火灾报警告警', 'tell the unit of a fire alarm',
	 'deadline', '{fire}', NULL, 'notice', 'opened', '{noticed,called,answered}', '3 s', 'shall', '{control_room,safety_manager}', NULL, true),
	('cqc-11002-2025', 1, 'CQ-010', '{CQ-010,CQ-011}', 'F-03', '4.3.2', '异常和故障状态告警', 'tell the unit what is abnormal or faulty',
	 'deadline', '{event,fault}', NULL, 'notice', 'opened', '{noticed,called,answered}', '10 s', 'shall', '{control_room,safety_manager}', NULL, true),
	('cqc-11002-2025', 1, 'CQ-018', '{CQ-018}', 'F-05', '4.4.2', '通信故障识别并告警', 'a lost link is seen and the unit is told',
	 'deadline', '{link}', NULL, 'notice', 'occurred', '{noticed,called,answered}', '100 s', 'shall', '{control_room,safety_manager}',
	 'reading: from the end of the link or the first message that is missing; the cycles of CQ-016 and CQ-017 are for what is silent by design', true),
	('cqc-11002-2025', 1, 'CQ-019', '{CQ-019}', 'F-21', '4.4.2', '设备维修更换', 'repair or replace a device',
	 'deadline', '{fault,link}', NULL, 'clear', 'opened', '{restored,reported_back}', NULL, 'no_number', '{maintenance}', 'the contract gives the number: contract_rule with metric clear', true),
	('cqc-11002-2025', 1, 'CQ-022', '{CQ-022}', 'F-23', '4.4.4', '异常设备通知、屏蔽', 'a device is out of order: tell the unit, shield what cannot be repaired',
	 'deadline', '{fault}', NULL, 'notice', 'opened', '{noticed,called,answered}', NULL, 'no_number', '{safety_manager}', '及时', true),
	('cqc-11002-2025', 1, 'CQ-033', '{CQ-033}', NULL, '5.5', '投诉处理', 'handle a complaint',
	 'deadline', '{event}', '{complaint}', 'clear', 'opened', '{reported_back}', NULL, 'no_number', NULL, 'the operator sets the limit itself', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, metric, limit_interval, bound, level, level_unit, modality, note, builtin) VALUES
	('cqc-11002-2025', 1, 'CQ-016', '{CQ-016}', 'F-24', '4.4.2', '通信巡检周期(传输装置、外部供电)', 'check of links, devices on mains power', 'supervision', 'link_check.mains', '30 min', 'max', NULL, NULL, 'shall', NULL, true),
	('cqc-11002-2025', 1, 'CQ-017', '{CQ-017}', 'F-25', '4.4.2', '通信巡检周期(电池供电)', 'check of links, devices on battery', 'supervision', 'link_check.battery', '24 h', 'max', NULL, NULL, 'shall', NULL, true),
	('cqc-11002-2025', 1, 'CQ-032', '{CQ-032}', 'F-66', '5.4.2', '操作人员培训', 'training of the operators', 'cycle', 'training', '1 year', 'min', 1, 'a year', 'shall', NULL, true),
	('cqc-11002-2025', 1, 'CQ-012', '{CQ-012}', 'F-67', '4.3.3', '联络方式', 'ways to tell a unit', 'level', 'contact_channels', NULL, 'min', 2, 'channels', 'shall', NULL, true),
	('cqc-11002-2025', 1, 'CQ-020', '{CQ-020}', 'F-69', '4.4.3', '存储空间余量', 'storage ahead', 'level', 'storage_ahead', '1 year', 'min', NULL, NULL, 'shall', NULL, true),
	('cqc-11002-2025', 1, 'CQ-024', '{CQ-024}', 'F-74', '5.1.2.1', '网络安全等级保护', 'level of protection (GB/T 22239)', 'level', 'mlps_level', NULL, 'min', 2, NULL, 'should', '宜', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, metric, limit_interval, modality, note, builtin)
SELECT 'cqc-11002-2025', 1, c.rule, ARRAY[c.rule], 'F-64', '附录A', c.name_zh, c.name_en, 'cycle', c.metric, c.period::interval, 'should',
	'informative annex', true
FROM (VALUES
	('CQ-035', '用户信息传输装置 自检', 'device: self-test', 'check.device_self_test', '1 day'),
	('CQ-036', '用户信息传输装置 信息采集发送', 'device: simulate a fire and a fault', 'check.device_sending', '1 month'),
	('CQ-037', '用户信息传输装置 设备本体', 'device: look at it and clean it', 'check.device_body', '6 months'),
	('CQ-038', '用户信息传输装置 电源', 'device: switch between the supplies', 'check.device_power', '6 months'),
	('CQ-039', '信息采集装置 巡查', 'collector: patrol', 'check.collector_patrol', '7 days'),
	('CQ-040', '信息采集装置 信息采集发送', 'collector: simulate a change of state', 'check.collector_sending', '1 month'),
	('CQ-041', '信息采集装置 设备检查', 'collector: accuracy, protection, cleaning', 'check.collector_body', '6 months'),
	('CQ-042', '信息采集装置 蓄电池', 'collector: battery', 'check.collector_battery', '6 months'),
	('CQ-043', '系统运行平台 运行日志', 'platform: arrange the logs', 'check.platform_log', '1 month'),
	('CQ-044', '系统运行平台 数据库', 'platform: use of the database', 'check.platform_database', '1 month'),
	('CQ-045', '系统运行平台 相关信息', 'platform: update geography and safety data', 'check.platform_data', '1 month'),
	('CQ-046', '系统运行平台 系统集成功能', 'platform: functions', 'check.platform_functions', '6 months'),
	('CQ-047', '系统运行平台 文件', 'platform: documents and records', 'check.platform_documents', '6 months')
) AS c (rule, name_zh, name_en, metric, period);
