-- What a running ladder watches is over, or has gone on to another stage: it would tell people of nothing.
SELECT ladder.subject, ladder.matter, min(ladder.started) AS since,
       jsonb_build_object('ladder', min(ladder.id), 'stages', jsonb_agg(DISTINCT ladder.stage)) AS detail
FROM orders_ladder AS ladder
LEFT JOIN incidents_assignment AS sent
    ON ladder.subject LIKE 'assignment:_%%' AND sent.id = split_part(ladder.subject, ':', 2)::bigint
LEFT JOIN incidents_incident AS matter
    ON ladder.subject LIKE 'incident:_%%' AND matter.id = split_part(ladder.subject, ':', 2)::bigint
LEFT JOIN orders_sos AS help
    ON ladder.subject LIKE 'sos:_%%' AND help.id = split_part(ladder.subject, ':', 2)::bigint
WHERE ladder.stopped IS NULL
  AND (CASE ladder.stage
           WHEN 'acknowledge' THEN sent.state <> 'offered'
           WHEN 'arrive' THEN sent.state NOT IN ('acknowledged', 'en_route')
           WHEN 'first_word' THEN sent.state <> 'on_scene' OR sent.reported_at IS NOT NULL
           WHEN 'welfare' THEN sent.state <> 'on_scene' OR sent.reported_at IS NOT NULL
           WHEN 'report' THEN sent.state <> 'on_scene' OR sent.reported_at IS NOT NULL
           WHEN 'clear' THEN sent.state <> 'on_scene'
           WHEN 'classify' THEN matter.state <> 'received'
           WHEN 'dispatch' THEN matter.state NOT IN ('classified', 'waiting')
           WHEN 'review' THEN matter.state <> 'reported'
           WHEN 'complete' THEN matter.state <> 'reported'
           WHEN 'close' THEN matter.state <> 'reviewed'
           WHEN 'sos' THEN help.state <> 'raised'
       END)
GROUP BY ladder.subject, ladder.matter
