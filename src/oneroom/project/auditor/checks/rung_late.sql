-- A step of a running ladder is due by the frozen ladder itself, and its row is not done, or there is no such row.
SELECT ladder.subject, ladder.matter,
       min(ladder.started + frozen.after_s * interval '1 second') AS since,
       jsonb_build_object('ladder', min(ladder.id), 'stage', min(ladder.stage), 'rung', min(frozen.n)) AS detail
FROM orders_ladder AS ladder
CROSS JOIN LATERAL jsonb_to_recordset(ladder.rungs) AS frozen(n int, after_s float8)
LEFT JOIN orders_rung AS rung ON rung.ladder_id = ladder.id AND rung.n = frozen.n
WHERE ladder.stopped IS NULL
  AND rung.done IS NULL
  AND ladder.started + (frozen.after_s + %(slack_s)s) * interval '1 second' < %(at)s
GROUP BY ladder.subject, ladder.matter
