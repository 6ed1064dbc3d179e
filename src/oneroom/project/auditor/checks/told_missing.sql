-- A step happened: everybody who held the duty it names, at that minute, must have a message by each of its channels.
-- People are counted anew here, from crews, duty spells and roles; nobody is expected whose crew came on duty later.
WITH target AS (
    SELECT ladder.id AS ladder, ladder.subject, ladder.matter, ladder.stage, ladder.crew_id, ladder.unit_id,
           ladder.never_account, rung.id AS rung, rung.n, rung.done, frozen.channels, role.name
    FROM orders_ladder AS ladder
    JOIN orders_rung AS rung ON rung.ladder_id = ladder.id AND rung.done IS NOT NULL
    CROSS JOIN LATERAL jsonb_to_recordset(ladder.rungs) AS frozen(n int, tell jsonb, channels jsonb)
    CROSS JOIN LATERAL jsonb_array_elements_text(frozen.tell) AS role(name)
    WHERE ladder.stopped IS NULL AND frozen.n = rung.n
), person AS (
    SELECT target.*, member.account_id
    FROM target
    JOIN duty_crewmember AS member ON member.crew_id = target.crew_id
    JOIN duty_crew AS crew ON crew.id = member.crew_id
    WHERE crew.state <> 'off_duty' AND crew.duty_since <= target.done
      AND (target.name = 'crew' OR (target.name = 'crew_lead' AND member.role = 'lead')
           OR (target.name = 'crew_second' AND member.role = 'second'))
  UNION
    SELECT target.*, member.account_id
    FROM target
    JOIN duty_crew AS crew ON crew.unit_id = target.unit_id AND crew.id IS DISTINCT FROM target.crew_id
    JOIN duty_crewmember AS member ON member.crew_id = crew.id
    WHERE target.name = 'station_crews' AND crew.state <> 'off_duty' AND crew.duty_since <= target.done
  UNION
    SELECT target.*, spell.account_id
    FROM target
    JOIN duty_dutyspell AS spell ON spell.role = target.name AND spell.begins <= target.done AND spell.ends > target.done
    WHERE target.name = 'shift_commander' OR (target.name = 'duty_chief' AND spell.unit_id = target.unit_id
              AND NOT EXISTS (SELECT FROM orgs_orgunit AS gone -- whose ladder it was at that step
                              WHERE gone.heir_id = target.unit_id AND gone.valid_to >= (target.done AT TIME ZONE 'UTC')::date))
  UNION
    SELECT target.*, held.account_id
    FROM target
    JOIN people_grant AS held ON held.role = target.name AND held.begins <= target.done
                             AND (held.ends IS NULL OR held.ends > target.done)
    WHERE target.name = 'inspector'
)
SELECT person.subject, person.matter, min(person.done) AS since,
       jsonb_build_object('ladder', min(person.ladder), 'stage', min(person.stage), 'rung', min(person.n),
                          'accounts', jsonb_agg(DISTINCT person.account_id)) AS detail
FROM person
JOIN people_account AS account ON account.id = person.account_id AND account.is_active
CROSS JOIN LATERAL jsonb_array_elements_text(person.channels) AS channel(name)
WHERE person.account_id IS DISTINCT FROM person.never_account
  AND NOT EXISTS (
      SELECT FROM orders_delivery AS message
      WHERE message.rung_id = person.rung AND message.account_id = person.account_id AND message.channel = channel.name)
GROUP BY person.subject, person.matter
