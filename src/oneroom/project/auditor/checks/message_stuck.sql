-- A message to the outside waits though it may go, or is in somebody's hand far longer than any gateway takes.
SELECT ladder.subject, ladder.matter, min(message.state_since) AS since,
       jsonb_build_object('messages', count(*), 'channels', jsonb_agg(DISTINCT message.channel)) AS detail
FROM orders_delivery AS message
JOIN orders_rung AS rung ON rung.id = message.rung_id
JOIN orders_ladder AS ladder ON ladder.id = rung.ladder_id
WHERE message.state IN ('queued', 'sending') AND message.channel <> 'app' AND ladder.stopped IS NULL
  AND CASE message.state
          WHEN 'queued' THEN greatest(message.not_before, message.state_since) + %(waits_s)s * interval '1 second'
          ELSE message.state_since + %(lost_s)s * interval '1 second'
      END < %(at)s
GROUP BY ladder.subject, ladder.matter
