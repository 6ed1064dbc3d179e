-- The matter is over, and a crew still has a living order of it.
SELECT 'assignment:' || sent.id AS subject, 'incident:' || matter.id AS matter,
       greatest(matter.state_since, sent.state_since) AS since,
       jsonb_build_object('crew', sent.crew_id, 'state', sent.state, 'matter_state', matter.state) AS detail
FROM incidents_assignment AS sent
JOIN incidents_incident AS matter ON matter.id = sent.incident_id
WHERE sent.state IN ('offered', 'acknowledged', 'en_route', 'on_scene')
  AND matter.state IN ('closed', 'called_back', 'archived', 'transferred', 'merged', 'cancelled', 'invalid')
