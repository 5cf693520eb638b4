-- words --
-- bm25 is negative, the lower the nearer; the scope column weighs nothing. Rows are confirmed one by one as they are read.
SELECT m.id, f.rank AS score
  FROM memory_text f CROSS JOIN memory m ON m.key = f.rowid
 WHERE f.memory_text MATCH :match AND m.tenant = :tenant AND {visible m} {where}
 ORDER BY f.rank;

-- holding --
-- Which memories each of these matches finds.
SELECT t.key AS term, m.id
  FROM json_each(:matches) t CROSS JOIN memory_text f CROSS JOIN memory m ON m.key = f.rowid
 WHERE f.memory_text MATCH t.value AND m.tenant = :tenant AND {visible m} {where};

-- volumes --
-- What is in the visible projects, and about what the whole file holds.
SELECT coalesce(sum(v.memories), 0) AS memories, coalesce(sum(v.shared), 0) AS shared,
       (SELECT coalesce(max(key), 0) FROM memory) AS everything
  FROM volume v
 WHERE v.tenant = :tenant AND (:project IS NULL OR v.project = :project) AND {visible_project v};

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
