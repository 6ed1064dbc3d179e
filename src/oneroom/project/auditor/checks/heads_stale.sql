-- A record grows, and its last signed head is older than some minutes: nobody could prove what was since.
SELECT 'acts' AS subject, '' AS matter, entry.recorded AS since,
       jsonb_build_object('signed', entry.seq - 1) AS detail
FROM ledger_entry AS entry
WHERE %(signs)s
  AND entry.seq = (SELECT coalesce(max(size), 0) + 1 FROM ledger_treehead WHERE chain = 'acts')
  AND entry.recorded < %(at)s - %(signed_s)s * interval '1 second'
UNION ALL
SELECT 'looks', '', look.recorded, jsonb_build_object('signed', look.seq - 1)
FROM ledger_look AS look
WHERE %(signs)s
  AND look.seq = (SELECT coalesce(max(size), 0) + 1 FROM ledger_treehead WHERE chain = 'looks')
  AND look.recorded < %(at)s - %(signed_s)s * interval '1 second'
