-- Each part measures with its sign of life how far its time is ahead of the database's, and within how much that is
-- known (half of the round trip): the differences must be the same, but for what nobody can know. So a database that
-- stood still is no skew. Not in the demo, whose time may run faster.
WITH last AS (
    SELECT DISTINCT ON (part, node) part, node,
           (detail ->> 'ahead_s')::float8 AS ahead_s, (detail ->> 'within_s')::float8 AS within_s
    FROM oversight_alarm
    WHERE what = 'beat' AND written > now() - interval '30 seconds' AND detail ? 'ahead_s'
    ORDER BY part, node, written DESC
), ranked AS (
    SELECT ahead_s, within_s, row_number() OVER (ORDER BY ahead_s) AS n, count(*) OVER () AS many FROM last
), usual AS (
    SELECT ahead_s, within_s FROM ranked WHERE n = (many + 1) / 2
)
SELECT last.part || '@' || last.node AS subject, '' AS matter, NULL::timestamptz AS since,
       jsonb_build_object('ahead_s', round((last.ahead_s - usual.ahead_s)::numeric, 1)) AS detail
FROM last, usual
WHERE %(real)s AND abs(last.ahead_s - usual.ahead_s) - last.within_s - usual.within_s > %(skew_s)s
