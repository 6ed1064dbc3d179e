-- What a chain says of its own end is not its last entry: entries were cut off, or written past the one way to write.
SELECT head.name AS subject, '' AS matter, NULL::timestamptz AS since,
       jsonb_build_object('says', head.seq, 'last', coalesce(last.seq, 0)) AS detail
FROM ledger_chainhead AS head
LEFT JOIN LATERAL (
    (SELECT seq, hash FROM ledger_entry WHERE head.name = 'acts' ORDER BY seq DESC LIMIT 1)
    UNION ALL
    (SELECT seq, hash FROM ledger_look WHERE head.name = 'looks' ORDER BY seq DESC LIMIT 1)
) AS last ON true
WHERE head.seq <> coalesce(last.seq, 0) OR (last.seq IS NOT NULL AND head.hash <> last.hash)
