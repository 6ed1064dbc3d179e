-- A crew counts as sent, and no order of it lives: it is proposed to nobody and goes nowhere.
SELECT 'crew:' || crew.id AS subject, '' AS matter, crew.state_since AS since,
       jsonb_build_object('state', crew.state) AS detail
FROM duty_crew AS crew
WHERE crew.state IN ('assigned', 'en_route', 'on_scene')
  AND NOT EXISTS (SELECT FROM incidents_assignment AS sent
                  WHERE sent.crew_id = crew.id AND sent.state IN ('offered', 'acknowledged', 'en_route', 'on_scene'))
