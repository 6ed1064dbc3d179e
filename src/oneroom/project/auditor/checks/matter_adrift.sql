-- The matter counts as being dealt with, and no crew has a living order of it: nobody goes there, and it waits for nobody.
SELECT 'incident:' || matter.id AS subject, 'incident:' || matter.id AS matter, matter.state_since AS since,
       jsonb_build_object('state', matter.state) AS detail
FROM incidents_incident AS matter
WHERE matter.state IN ('dispatched', 'in_progress')
  AND NOT EXISTS (SELECT FROM incidents_assignment AS sent
                  WHERE sent.incident_id = matter.id
                    AND sent.state IN ('offered', 'acknowledged', 'en_route', 'on_scene'))
