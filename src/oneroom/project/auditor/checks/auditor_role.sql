-- Whether this very role may do more than read what it needs and add to one table. A role that owns the tables, or may
-- read what people said, is wrong.
SELECT 'auditor' AS subject, '' AS matter, NULL::timestamptz AS since,
       jsonb_build_object('tables', jsonb_agg(class.relname ORDER BY class.relname)) AS detail
FROM pg_class AS class
WHERE class.relkind IN ('r', 'p') AND class.relnamespace = current_schema()::regnamespace
  AND (has_table_privilege(class.oid, 'DELETE') OR has_table_privilege(class.oid, 'TRUNCATE')
       OR has_any_column_privilege(class.oid, 'UPDATE')
       OR (has_any_column_privilege(class.oid, 'INSERT') AND class.relname <> 'oversight_alarm')
       OR (has_any_column_privilege(class.oid, 'SELECT') AND class.relname = 'ledger_sealed'))
HAVING count(*) > 0
