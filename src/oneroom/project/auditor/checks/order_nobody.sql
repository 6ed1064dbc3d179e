-- An order lives, and its crew is off duty: nobody rides with it, nobody signs for it.
SELECT 'assignment:' || sent.id AS subject, 'incident:' || sent.incident_id AS matter,
       greatest(crew.state_since, sent.state_since) AS since, jsonb_build_object('crew', crew.id) AS detail
FROM incidents_assignment AS sent
JOIN duty_crew AS crew ON crew.id = sent.crew_id
WHERE sent.state IN ('offered', 'acknowledged', 'en_route', 'on_scene') AND crew.state = 'off_duty'
