-- versions_then --
SELECT v.memory AS id, v.version, v.revision, v.recorded_at, v.actor, v.snapshot
  FROM memory m JOIN memory_version v ON v.tenant = :tenant AND v.memory = m.id
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m} AND {visible v}
   AND v.version = (SELECT max(w.version) FROM memory_version w
                     WHERE w.tenant = :tenant AND w.memory = m.id
                       AND (:revision IS NULL OR w.revision <= :revision)
                       AND (:recorded IS NULL OR w.recorded_at <= :recorded));

-- versions_exact --
SELECT v.memory, v.version, v.revision, v.recorded_at, v.actor, v.snapshot
  FROM json_each(:pairs) k
 CROSS JOIN memory_version v ON v.tenant = :tenant AND v.memory = json_extract(k.value, '$[0]')
                            AND v.version = json_extract(k.value, '$[1]')
  JOIN memory m ON m.tenant = :tenant AND m.id = v.memory
 WHERE {visible m} AND {visible v};

-- replaced --
SELECT m.id
  FROM replaced_text f CROSS JOIN replaced r ON r.key = f.rowid
 CROSS JOIN memory m ON m.tenant = :tenant AND m.id = r.memory
 WHERE f.replaced_text MATCH :match AND r.tenant = :tenant AND (:project IS NULL OR m.project = :project) AND {visible m}
 GROUP BY m.id
 ORDER BY min(f.rank), m.id
 LIMIT :limit;

-- edges_then --
-- Both ends must be visible; whether they lived then, their versions tell.
WITH touched (key) AS (
    SELECT e.key FROM json_each(:ids) f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.value
     WHERE e.recorded_at <= :at AND (e.retired_at IS NULL OR e.retired_at > :at)
     UNION
    SELECT e.key FROM json_each(:ids) f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.value
     WHERE e.recorded_at <= :at AND (e.retired_at IS NULL OR e.retired_at > :at)
)
SELECT e.source, e.target, e.kind, e.type, e.weight, '[]' AS evidence
  FROM touched k CROSS JOIN edge e ON e.key = k.key AND e.tenant = :tenant
  CROSS JOIN memory s ON s.tenant = :tenant AND s.id = e.source AND {visible s}
  CROSS JOIN entity t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE :mentions AND e.kind = 'mentions'
 UNION ALL
SELECT e.source, e.target, e.kind, e.type, e.weight, '[]'
  FROM touched k CROSS JOIN edge e ON e.key = k.key AND e.tenant = :tenant
  CROSS JOIN memory s ON s.tenant = :tenant AND s.id = e.source AND {visible s}
  CROSS JOIN memory t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE :links AND e.kind = 'links'
 UNION ALL
SELECT e.source, e.target, e.kind, e.type, e.weight,
       (SELECT json_group_array(y.memory) FROM evidence y JOIN memory x ON x.tenant = :tenant AND x.id = y.memory
         WHERE y.tenant = :tenant AND y.edge = e.key AND {visible x})
  FROM touched k CROSS JOIN edge e ON e.key = k.key AND e.tenant = :tenant
 WHERE :relates AND e.kind = 'relates'
   AND EXISTS (SELECT 1 FROM entity s WHERE s.tenant = :tenant AND s.id = e.source AND {visible s})
   AND EXISTS (SELECT 1 FROM entity t WHERE t.tenant = :tenant AND t.id = e.target AND {visible t})
   AND (NOT EXISTS (SELECT 1 FROM evidence y WHERE y.tenant = :tenant AND y.edge = e.key)
        OR EXISTS (SELECT 1 FROM evidence y JOIN memory x ON x.tenant = :tenant AND x.id = y.memory
                    WHERE y.tenant = :tenant AND y.edge = e.key AND {visible x}))
 UNION ALL
SELECT m.id, m.user, 'about', 'about', m.importance, '[]'
  FROM json_each(:ids) f CROSS JOIN memory m ON m.tenant = :tenant AND m.id = f.value
  CROSS JOIN user u ON u.tenant = :tenant AND u.id = m.user AND {visible_user u}
 WHERE :about AND {visible m}
 UNION ALL
SELECT m.id, m.user, 'about', 'about', m.importance, '[]'
  FROM json_each(:ids) f CROSS JOIN memory m ON m.tenant = :tenant AND m.user = f.value
  CROSS JOIN user u ON u.tenant = :tenant AND u.id = m.user AND {visible_user u}
 WHERE :about AND {visible m}
 ORDER BY 5 DESC, 1, 2, 4
 LIMIT :limit;

-- moment --
SELECT e.at FROM event e WHERE e.tenant = :tenant AND e.revision <= :revision ORDER BY e.revision DESC LIMIT 1;

-- changes --
SELECT e.revision AS sort, e.id, e.tenant, e.revision, e.at, e.actor, e.kind, e.subject, e.project, e.user, e.data
  FROM (SELECT *, subject AS id FROM event) e
 WHERE e.tenant = :tenant AND e.revision > :revision AND (:since IS NULL OR e.at > :since)
   AND e.kind IN (SELECT value FROM json_each(:kinds)) AND (:project IS NULL OR e.project = :project)
   AND {visible_or_shared e} {page};
