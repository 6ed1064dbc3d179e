-- Something is open that was promised within a time, and no ladder runs that would tell anybody when it becomes late.
WITH open AS (
    SELECT 'assignment:' || id AS subject, 'incident:' || incident_id AS matter, state_since AS since,
           CASE state WHEN 'offered' THEN ARRAY['acknowledge'] WHEN 'on_scene' THEN ARRAY['report']
                      ELSE ARRAY['arrive'] END AS stages
    FROM incidents_assignment
    WHERE state IN ('offered', 'acknowledged', 'en_route') OR (state = 'on_scene' AND reported_at IS NULL)
  UNION ALL
    SELECT 'assignment:' || id, 'incident:' || incident_id, reported_at, ARRAY['clear']
    FROM incidents_assignment WHERE state = 'on_scene' AND reported_at IS NOT NULL
  UNION ALL
    SELECT 'incident:' || id, 'incident:' || id, state_since,
           CASE state WHEN 'received' THEN ARRAY['classify'] WHEN 'reported' THEN ARRAY['review', 'complete']
                      WHEN 'reviewed' THEN ARRAY['close']
                      ELSE ARRAY['dispatch'] END
    FROM incidents_incident WHERE state IN ('received', 'classified', 'waiting', 'reported', 'reviewed')
  UNION ALL
    SELECT 'sos:' || id, 'sos:' || id, raised_at, ARRAY['sos']
    FROM orders_sos WHERE state = 'raised' AND ended_at IS NULL
  UNION ALL
    SELECT 'report:' || report_id, 'incident:' || incident_id, decided_at, ARRAY['call_back']
    FROM incidents_callback WHERE due AND ended_at IS NULL AND deadline IS NOT NULL
  UNION ALL
    SELECT 'referral:' || id, 'incident:' || incident_id, made_at, ARRAY['agency_answer']
    FROM incidents_referral WHERE answered_at IS NULL
  UNION ALL
    SELECT 'handover:' || id, 'handover:' || id, at, ARRAY['handover']
    FROM incidents_handover WHERE signed_at IS NULL AND dropped_at IS NULL
  UNION ALL
    SELECT 'opening:' || id, 'opening:' || id, opened_at, ARRAY['look_review']
    FROM incidents_opening WHERE review_due IS NOT NULL AND reviewed_at IS NULL
  UNION ALL
    SELECT 'call:' || id, 'call:' || id, ended_at, ARRAY['return_call']
    FROM incidents_call WHERE state = 'abandoned' AND returned_at IS NULL AND return_due IS NOT NULL
)
SELECT open.subject, open.matter, open.since, jsonb_build_object('stages', to_jsonb(open.stages)) AS detail
FROM open
WHERE NOT EXISTS (
    SELECT FROM orders_ladder AS ladder
    WHERE ladder.stopped IS NULL AND ladder.subject = open.subject AND ladder.stage = ANY (open.stages))
