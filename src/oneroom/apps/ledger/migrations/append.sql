-- Append entries to the chain of acts. `before` and `after` are the canonical text (RFC 8785) of each entry around what
-- only the head knows: prev, recorded, seq. The columns are read from the very bytes that are hashed.
CREATE OR REPLACE FUNCTION ledger_append(stamp text, before text[], after text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
  link bytea;
  own bytea;
  canonical bytea;
  said jsonb;
BEGIN
  SELECT h.seq, h.hash INTO last, link FROM ledger_chainhead h WHERE h.name = 'acts' FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO ledger_chainhead (name, seq, hash) VALUES ('acts', 0, decode(repeat('00', 32), 'hex'))
      ON CONFLICT DO NOTHING;
    SELECT h.seq, h.hash INTO last, link FROM ledger_chainhead h WHERE h.name = 'acts' FOR UPDATE;
  END IF;
  FOR i IN 1 .. cardinality(before) LOOP
    last := last + 1;
    canonical := convert_to(
      before[i] || '"prev":"' || encode(link, 'hex') || '","recorded":"' || stamp || '","seq":' || last || after[i],
      'UTF8');
    own := sha256(canonical);
    said := convert_from(canonical, 'UTF8')::jsonb;
    INSERT INTO ledger_entry (seq, recorded, canonical, prev, hash, at, kind, version, subject, matter, actor,
                              on_behalf, via, scopes, facts)
    VALUES (last, stamp::timestamptz, canonical, link, own, (said->>'at')::timestamptz, said->>'kind',
            (said->>'version')::smallint, said->>'subject', said->>'matter', (said->>'actor')::bigint,
            (said->>'on_behalf')::bigint, said->>'via',
            ARRAY(SELECT jsonb_array_elements_text(said->'to')), said->'facts');
    link := own;
  END LOOP;
  UPDATE ledger_chainhead h SET seq = last, hash = link WHERE h.name = 'acts';
  PERFORM pg_notify('oneroom_ledger', last::text);
  RETURN last;
END
$$;
