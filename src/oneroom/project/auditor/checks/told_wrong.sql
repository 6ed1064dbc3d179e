-- A message of a step went to somebody whom the step does not name: not of the crew, not of the station, without the
-- duty at that minute (of a station that has ended since, its heir has the ladder); or to the phone that calls for help itself. Whether a crew was on duty then is not asked here.
WITH step AS (
    SELECT ladder.id AS ladder, ladder.subject, ladder.matter, ladder.stage, ladder.crew_id, ladder.unit_id,
           ladder.never_account, rung.id AS rung, rung.n, rung.done, frozen.tell
    FROM orders_ladder AS ladder
    JOIN orders_rung AS rung ON rung.ladder_id = ladder.id AND rung.done IS NOT NULL
    CROSS JOIN LATERAL jsonb_to_recordset(ladder.rungs) AS frozen(n int, tell jsonb)
    WHERE frozen.n = rung.n
      AND (ladder.stopped IS NULL OR ladder.stopped > %(at)s - %(lately_s)s * interval '1 second')
)
SELECT step.subject, step.matter, min(step.done) AS since,
       jsonb_build_object('ladder', min(step.ladder), 'stage', min(step.stage), 'rung', min(step.n),
                          'accounts', jsonb_agg(DISTINCT message.account_id)) AS detail
FROM step
JOIN orders_delivery AS message ON message.rung_id = step.rung
WHERE message.account_id = step.never_account
   OR NOT EXISTS (
        SELECT FROM duty_crewmember AS member JOIN duty_crew AS crew ON crew.id = member.crew_id
        WHERE member.account_id = message.account_id
          AND ((member.crew_id = step.crew_id
                AND (step.tell ? 'crew' OR (step.tell ? 'crew_lead' AND member.role = 'lead')
                     OR (step.tell ? 'crew_second' AND member.role = 'second')))
               OR (step.tell ? 'station_crews' AND crew.unit_id = step.unit_id AND crew.id IS DISTINCT FROM step.crew_id)))
  AND NOT EXISTS (
        SELECT FROM duty_dutyspell AS spell
        WHERE spell.account_id = message.account_id AND spell.begins <= step.done AND spell.ends >= step.done
          AND ((step.tell ? 'shift_commander' AND spell.role = 'shift_commander')
               OR (step.tell ? 'duty_chief' AND spell.role = 'duty_chief'
                   AND (spell.unit_id = step.unit_id
                        OR spell.unit_id IN (SELECT id FROM orgs_orgunit WHERE heir_id = step.unit_id)))))
  AND NOT EXISTS (
        SELECT FROM people_grant AS held
        WHERE held.account_id = message.account_id AND held.role = 'inspector' AND step.tell ? 'inspector'
          AND held.begins <= step.done AND (held.ends IS NULL OR held.ends >= step.done))
GROUP BY step.subject, step.matter
