-- A ladder runs, and does not fit what it watches: it has no steps, is that of another crew, station or grade, or began
-- long after what it watches did. By it nobody would be told, or strangers, or too late; every step of it would be right.
WITH watched AS (
    SELECT ladder.id, ladder.subject, ladder.matter, ladder.stage, ladder.started,
           jsonb_array_length(ladder.rungs) = 0 AS no_steps,
           CASE WHEN sent.id IS NOT NULL THEN ladder.crew_id IS DISTINCT FROM sent.crew_id END AS other_crew,
           CASE WHEN sent.id IS NOT NULL THEN ladder.unit_id IS DISTINCT FROM crew.unit_id
                WHEN ladder.stage IN ('classify', 'dispatch', 'review', 'close')
                THEN ladder.unit_id IS DISTINCT FROM matter.unit_id END AS other_station,
           ladder.stage IN ('classify', 'dispatch', 'acknowledge', 'arrive', 'first_word', 'welfare', 'report', 'clear',
                            'review', 'complete', 'close') AND ladder.grade <> matter.grade AS other_grade,
           ladder.started > %(slack_s)s * interval '1 second' + CASE
               WHEN ladder.stage IN ('acknowledge', 'arrive', 'first_word', 'report') THEN sent.state_since
               WHEN ladder.stage IN ('classify', 'close') THEN matter.state_since END AS began_late
    FROM orders_ladder AS ladder
    LEFT JOIN incidents_assignment AS sent
        ON ladder.subject LIKE 'assignment:_%%' AND sent.id = split_part(ladder.subject, ':', 2)::bigint
    LEFT JOIN duty_crew AS crew ON crew.id = sent.crew_id
    LEFT JOIN incidents_incident AS matter
        ON ladder.matter LIKE 'incident:_%%' AND matter.id = split_part(ladder.matter, ':', 2)::bigint
    WHERE ladder.stopped IS NULL
)
SELECT subject, matter, min(started) AS since,
       jsonb_build_object(
           'ladder', min(id), 'stages', jsonb_agg(DISTINCT stage), 'no_steps', bool_or(no_steps),
           'other_crew', bool_or(other_crew), 'other_station', bool_or(other_station),
           'other_grade', bool_or(other_grade), 'began_late', bool_or(began_late)) AS detail
FROM watched
WHERE no_steps OR other_crew OR other_station OR other_grade OR began_late
GROUP BY subject, matter
