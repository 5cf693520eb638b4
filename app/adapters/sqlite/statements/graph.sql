-- start_kind --
-- What a node is, if it is there to be walked from.
SELECT 'memory' AS kind FROM memory m WHERE m.tenant = :tenant AND m.id = :id AND {visible m} AND {live m}
UNION ALL
SELECT 'entity' FROM entity n WHERE n.tenant = :tenant AND n.id = :id AND {visible n} AND {supported n}
UNION ALL
SELECT 'user' FROM user u WHERE u.tenant = :tenant AND u.id = :id AND {visible_user u};

-- steps --
-- From the frontier to nodes that were not seen, the heaviest edge first.
WITH frontier (id) AS MATERIALIZED (SELECT value FROM json_each(:frontier)),
     step (id, weight) AS (
    SELECT e.target, e.weight FROM frontier f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.id
      CROSS JOIN entity n ON n.tenant = :tenant AND n.id = e.target
     WHERE :mentions AND e.kind = 'mentions' AND e.retired_at IS NULL AND {visible n}
     UNION ALL
    SELECT e.source, e.weight FROM frontier f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.id
      CROSS JOIN memory m ON m.tenant = :tenant AND m.id = e.source
     WHERE :mentions AND e.kind = 'mentions' AND e.retired_at IS NULL AND {visible m} AND {live m}
     UNION ALL
    SELECT e.target, e.weight FROM frontier f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.id
      CROSS JOIN memory m ON m.tenant = :tenant AND m.id = e.target
     WHERE :links AND e.kind = 'links' AND e.retired_at IS NULL AND {visible m} AND {live m}
     UNION ALL
    SELECT e.source, e.weight FROM frontier f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.id
      CROSS JOIN memory m ON m.tenant = :tenant AND m.id = e.source
     WHERE :links AND e.kind = 'links' AND e.retired_at IS NULL AND {visible m} AND {live m}
     UNION ALL
    SELECT e.target, e.weight FROM frontier f CROSS JOIN edge e ON e.tenant = :tenant AND e.source = f.id
      CROSS JOIN entity n ON n.tenant = :tenant AND n.id = e.target
     WHERE :relates AND e.kind = 'relates' AND e.retired_at IS NULL AND {visible n} AND {supported n} AND {known e}
     UNION ALL
    SELECT e.source, e.weight FROM frontier f CROSS JOIN edge e ON e.tenant = :tenant AND e.target = f.id
      CROSS JOIN entity n ON n.tenant = :tenant AND n.id = e.source
     WHERE :relates AND e.kind = 'relates' AND e.retired_at IS NULL AND {visible n} AND {supported n} AND {known e}
     UNION ALL
    SELECT m.user, m.importance FROM frontier f CROSS JOIN memory m ON m.tenant = :tenant AND m.id = f.id
      JOIN user u ON u.tenant = :tenant AND u.id = m.user
     WHERE :about AND {visible_user u}
     UNION ALL
    SELECT m.id, m.importance FROM frontier f CROSS JOIN memory m ON m.tenant = :tenant AND m.user = f.id
     WHERE :about AND {visible m} AND {live m}
)
SELECT id, max(weight) AS weight FROM step
 WHERE id NOT IN (SELECT value FROM json_each(:seen))
 GROUP BY id
 ORDER BY weight DESC, id DESC
 LIMIT :limit;

-- edges_between --
-- Among nodes that the caller may not have checked: both ends must live and be visible.
WITH node (id) AS MATERIALIZED (SELECT value FROM json_each(:ids)),
     memory_node (id, user, importance) AS MATERIALIZED (
    SELECT m.id, m.user, m.importance FROM memory m
     WHERE m.tenant = :tenant AND m.id IN (SELECT id FROM node) AND {visible m} AND {live m}),
     entity_node (id) AS MATERIALIZED (
    SELECT n.id FROM entity n WHERE n.tenant = :tenant AND n.id IN (SELECT id FROM node) AND {visible n})
SELECT e.source, e.target, e.kind, e.type, e.weight
  FROM memory_node s CROSS JOIN edge e ON e.tenant = :tenant AND e.source = s.id AND e.retired_at IS NULL
 WHERE e.kind = 'mentions' AND :mentions AND e.target IN (SELECT id FROM entity_node)
 UNION ALL
SELECT e.source, e.target, e.kind, e.type, e.weight
  FROM memory_node s CROSS JOIN edge e ON e.tenant = :tenant AND e.source = s.id AND e.retired_at IS NULL
 WHERE e.kind = 'links' AND :links AND e.target IN (SELECT id FROM memory_node)
 UNION ALL
SELECT e.source, e.target, e.kind, e.type, e.weight
  FROM entity_node s CROSS JOIN edge e ON e.tenant = :tenant AND e.source = s.id AND e.retired_at IS NULL
 WHERE e.kind = 'relates' AND :relates AND e.target IN (SELECT id FROM entity_node) AND {known e}
 UNION ALL
SELECT s.id, s.user, 'about', 'about', s.importance
  FROM memory_node s JOIN user u ON u.tenant = :tenant AND u.id = s.user AND u.id IN (SELECT id FROM node)
 WHERE :about AND {visible_user u}
 ORDER BY 5 DESC, 1, 2, 3, 4;
