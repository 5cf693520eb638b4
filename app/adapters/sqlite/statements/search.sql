-- words --
-- bm25 is negative, the lower the nearer; the scope column weighs nothing.
SELECT m.id, f.score
  FROM (SELECT rowid, bm25(memory_text, 1.0, 2.0, 1.0, 0.5, 0.0) AS score
          FROM memory_text WHERE memory_text MATCH :match) f
  JOIN memory m ON m.key = f.rowid
 WHERE m.tenant = :tenant AND f.score < 0 AND {visible m} {where}
 ORDER BY f.score, m.id
 LIMIT :limit;

-- mentioning --
SELECT m.id, sum(e.weight) AS score
  FROM edge e
  JOIN entity n ON n.tenant = :tenant AND n.id = e.target AND {visible n}
  JOIN memory m ON m.tenant = :tenant AND m.id = e.source
 WHERE e.tenant = :tenant AND e.kind = 'mentions' AND e.retired_at IS NULL
   AND e.target IN (SELECT value FROM json_each(:entities)) AND {visible m} {where}
 GROUP BY m.id
 ORDER BY score DESC, m.id
 LIMIT :limit;
