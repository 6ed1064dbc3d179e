-- The answer had come, and all the same a step happened after it, or a message left the house: a gateway that had it in
-- hand may take some seconds. What was told cannot be untold, so it stands here for a while.
SELECT ladder.subject, ladder.matter, min(ladder.stopped) AS since,
       jsonb_build_object('ladder', min(ladder.id), 'stage', min(ladder.stage), 'rung', min(rung.n)) AS detail
FROM orders_ladder AS ladder
JOIN orders_rung AS rung ON rung.ladder_id = ladder.id
WHERE ladder.stopped > %(at)s - %(lately_s)s * interval '1 second'
  AND (rung.done > ladder.stopped
       OR EXISTS (SELECT FROM orders_delivery AS message
                  WHERE message.rung_id = rung.id AND message.channel <> 'app' AND message.state = 'sent'
                    AND message.state_since > ladder.stopped + %(in_hand_s)s * interval '1 second'))
GROUP BY ladder.subject, ladder.matter
