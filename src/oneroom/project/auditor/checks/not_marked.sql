-- A promise of an open matter ran out so far that somebody above the crew had to be told, and the matter does not carry
-- the mark by which the room's list of what is late shows it.
SELECT ladder.matter AS subject, ladder.matter, min(rung.done) AS since,
       jsonb_build_object('ladder', min(ladder.id), 'stages', jsonb_agg(DISTINCT ladder.stage)) AS detail
FROM orders_ladder AS ladder
JOIN orders_rung AS rung ON rung.ladder_id = ladder.id AND rung.done IS NOT NULL
    AND rung.code IN ('duty_chief', 'shift_commander', 'oversight', 'alarm')
JOIN incidents_incident AS matter
    ON ladder.matter LIKE 'incident:_%%' AND matter.id = split_part(ladder.matter, ':', 2)::bigint
WHERE ladder.stopped IS NULL AND NOT matter.escalated
  AND matter.state IN ('received', 'classified', 'waiting', 'dispatched', 'in_progress', 'reported', 'reviewed')
  AND rung.done >= coalesce(matter.reopened_at, matter.received_at)
GROUP BY ladder.matter
