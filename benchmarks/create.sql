-- The rows of one incident, taken and classified, as `create.py` makes the house write them: one act in one transaction,
-- without the chain's head, its hashes and the day's counter, so that nobody waits for anybody.
BEGIN;
INSERT INTO ledger_doneonce (actor, key, fingerprint, answer, at)
VALUES (7, md5(random()::text || clock_timestamp()::text), decode(repeat('ab', 32), 'hex'),
        '{"id": 123456, "reference": "20261126-0060"}', now());
INSERT INTO incidents_incident (reference, origin, received_at, category, subcategory, final_category,
    final_subcategory, grade, reasons, state, state_since, lon, lat, given, place_zh, place_en, escalated, supervised,
    drill, outcome, "case", no_case_reason, reopened, reopen_proposed)
VALUES (left(md5(random()::text || clock_timestamp()::text), 16), 'phone', now(), 'dispute', '', '', '', 3, '{}',
        'classified', now(), 121.4581005, 31.2469049, '', '天目西路/天目中路', 'West Tianmu Road / Middle Tianmu Road',
        false, false, false, '', '', '', 0, '')
RETURNING id AS incident \gset
WITH sealed AS (
    INSERT INTO ledger_sealed (matter, purpose, text, key, created)
    VALUES ('incident:' || :incident, 'report.words', '"two people shout at each other in front of the shop"',
            decode(repeat('cd', 32), 'hex'), now()),
           ('incident:' || :incident, 'report.caller', '{"name": "Li Ming", "phone": "13800000040"}',
            decode(repeat('cd', 32), 'hex'), now()),
           ('incident:' || :incident, 'report.address', '"house 12, flat 3"', decode(repeat('cd', 32), 'hex'), now())
    RETURNING id)
SELECT (array_agg(id))[1] AS words, (array_agg(id))[2] AS caller, (array_agg(id))[3] AS address FROM sealed \gset
INSERT INTO incidents_report (incident_id, source, received_at, code_hash, words_id, caller_id, address_id,
    safe_contact, safe_ways, text_only, withdrawn)
VALUES (:incident, 'phone', now(), sha256((:incident)::text::bytea), :words, :caller, :address, 'unknown', '{}', false,
        false);
INSERT INTO orders_ladder (kind, stage, subject, matter, grade, rungs, limit_s, drill, started, stop_cause)
VALUES ('overdue', 'dispatch', 'incident:' || :incident, 'incident:' || :incident, 3,
        '[{"n": 0, "code": "mark", "loud": false, "tell": ["room"], "after_s": 450, "channels": ["app"]}, {"n": 1, "code": "duty_chief", "loud": false, "tell": ["duty_chief"], "after_s": 900, "channels": ["app", "sms"]}, {"n": 2, "code": "shift_commander", "loud": false, "tell": ["shift_commander"], "after_s": 1350, "channels": ["app"]}, {"n": 3, "code": "oversight", "loud": false, "tell": ["inspector"], "after_s": 1800, "channels": ["app", "email"]}]',
        900, false, now(), '')
RETURNING id AS ladder \gset
INSERT INTO orders_rung (ladder_id, n, code, due, skipped)
VALUES (:ladder, 0, 'mark', now() + interval '450 s', false), (:ladder, 1, 'duty_chief', now() + interval '900 s', false),
       (:ladder, 2, 'shift_commander', now() + interval '1350 s', false),
       (:ladder, 3, 'oversight', now() + interval '1800 s', false);
INSERT INTO ledger_entry (seq, recorded, canonical, prev, hash, at, kind, version, subject, matter, actor, via, scopes,
    facts)
SELECT nextval('bench_seq'), now(), decode(repeat('5a', 450), 'hex'), decode(repeat('ab', 32), 'hex'),
       decode(repeat('cd', 32), 'hex'), now(), kind, 1, 'incident:' || :incident, 'incident:' || :incident, 7, 'web',
       '{room}', '{"incident": 123456, "report": 123456, "source": "phone", "safe_contact": "unknown", "words": "abababababababababababababababababababababababababababababababab", "caller": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"}'
FROM (VALUES ('incident.received'), ('incident.classified'), ('ladder.started')) AS made(kind);
END;
