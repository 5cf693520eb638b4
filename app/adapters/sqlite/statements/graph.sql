-- start_kind --
-- What a node is, if it is there to be walked from.
SELECT 'memory' AS kind FROM memory m WHERE m.tenant = :tenant AND m.id = :id AND {visible m} AND {live m}
UNION ALL
SELECT 'entity' FROM entity n WHERE n.tenant = :tenant AND n.id = :id AND n.merged_into IS NULL AND {visible n} AND {supported n}
UNION ALL
SELECT 'user' FROM user u WHERE u.tenant = :tenant AND u.id = :id AND {visible_user u};

-- steps --
-- From the frontier to nodes that were not seen, the heaviest edge first.
WITH step (id, weight) AS (
    SELECT e.target, e.weight FROM json_each(:frontier) f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.value
      CROSS JOIN entity n ON n.tenant = :tenant AND n.id = e.target
     WHERE :mentions AND e.kind = 'mentions' AND e.retired_at IS NULL AND {visible n}
     UNION ALL
    SELECT e.source, e.weight FROM json_each(:frontier) f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.value
      CROSS JOIN memory m ON m.tenant = :tenant AND m.id = e.source
     WHERE :mentions AND e.kind = 'mentions' AND e.retired_at IS NULL AND {visible m} AND {live m}
     UNION ALL
    SELECT e.target, e.weight FROM json_each(:frontier) f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.value
      CROSS JOIN memory m ON m.tenant = :tenant AND m.id = e.target
     WHERE :links AND e.kind = 'links' AND e.retired_at IS NULL AND {visible m} AND {live m}
     UNION ALL
    SELECT e.source, e.weight FROM json_each(:frontier) f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.value
      CROSS JOIN memory m ON m.tenant = :tenant AND m.id = e.source
     WHERE :links AND e.kind = 'links' AND e.retired_at IS NULL AND {visible m} AND {live m}
     UNION ALL
    SELECT e.target, e.weight FROM json_each(:frontier) f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.value
      CROSS JOIN entity n ON n.tenant = :tenant AND n.id = e.target
     WHERE :relates AND e.kind = 'relates' AND e.retired_at IS NULL AND {visible n} AND {supported n} AND {known e}
     UNION ALL
    SELECT e.source, e.weight FROM json_each(:frontier) f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.value
      CROSS JOIN entity n ON n.tenant = :tenant AND n.id = e.source
     WHERE :relates AND e.kind = 'relates' AND e.retired_at IS NULL AND {visible n} AND {supported n} AND {known e}
     UNION ALL
    SELECT m.user, m.importance FROM json_each(:frontier) f CROSS JOIN memory m ON m.tenant = :tenant AND m.id = f.value
      JOIN user u ON u.tenant = :tenant AND u.id = m.user
     WHERE :about AND {visible_user u}
     UNION ALL
    SELECT m.id, m.importance FROM json_each(:frontier) f CROSS JOIN memory m ON m.tenant = :tenant AND m.user = f.value
     WHERE :about AND {visible m} AND {live m}
)
SELECT id, max(weight) AS weight FROM step
 WHERE id NOT IN (SELECT value FROM json_each(:seen))
 GROUP BY id
 ORDER BY weight DESC, id DESC
 LIMIT :limit;

-- edges_between --
-- Among nodes that the caller may not have checked: both ends must live and be visible.
SELECT e.source, e.target, e.kind, e.type, e.weight FROM json_each(:ids) k
 CROSS JOIN memory s ON s.tenant = :tenant AND s.id = k.value AND {visible s} AND {live s}
 CROSS JOIN edge e ON e.tenant = :tenant AND e.source = s.id AND e.kind = 'mentions' AND e.retired_at IS NULL
 CROSS JOIN entity t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE :mentions AND e.target IN (SELECT value FROM json_each(:ids))
 UNION ALL
SELECT e.source, e.target, e.kind, e.type, e.weight FROM json_each(:ids) k
 CROSS JOIN memory s ON s.tenant = :tenant AND s.id = k.value AND {visible s} AND {live s}
 CROSS JOIN edge e ON e.tenant = :tenant AND e.source = s.id AND e.kind = 'links' AND e.retired_at IS NULL
 CROSS JOIN memory t ON t.tenant = :tenant AND t.id = e.target AND {visible t} AND {live t}
 WHERE :links AND e.target IN (SELECT value FROM json_each(:ids))
 UNION ALL
SELECT e.source, e.target, e.kind, e.type, e.weight FROM json_each(:ids) k
 CROSS JOIN entity s ON s.tenant = :tenant AND s.id = k.value AND {visible s}
 CROSS JOIN edge e ON e.tenant = :tenant AND e.source = s.id AND e.kind = 'relates' AND e.retired_at IS NULL
 CROSS JOIN entity t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE :relates AND e.target IN (SELECT value FROM json_each(:ids)) AND {known e}
 UNION ALL
SELECT s.id, s.user, 'about', 'about', s.importance FROM json_each(:ids) k
 CROSS JOIN memory s ON s.tenant = :tenant AND s.id = k.value AND {visible s} AND {live s}
 CROSS JOIN user t ON t.tenant = :tenant AND t.id = s.user AND {visible_user t}
 WHERE :about AND s.user IN (SELECT value FROM json_each(:ids))
 ORDER BY 5 DESC, 1, 2, 3, 4;
