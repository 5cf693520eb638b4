-- merges_by_ids --
SELECT g.* FROM entity_merge g
 WHERE g.tenant = :tenant AND g.id IN (SELECT value FROM json_each(:ids)) AND {visible g};

-- merges_page --
SELECT g.*, g.at AS sort FROM entity_merge g
 WHERE g.tenant = :tenant AND {visible g} AND (:project IS NULL OR g.project = :project) {page};

-- merges_into --
SELECT g.target AS of, g.* FROM entity_merge g
 WHERE g.tenant = :tenant AND g.target IN (SELECT value FROM json_each(:ids)) AND {visible g}
 ORDER BY g.at, g.id;

-- held_mentions --
-- Those of forgotten memories as well.
SELECT e.source, e.target, e.weight, e.spans FROM edge e
  JOIN entity n ON n.tenant = :tenant AND n.id = e.target AND {visible n}
  JOIN memory m ON m.tenant = :tenant AND m.id = e.source AND {visible m}
 WHERE e.tenant = :tenant AND e.kind = 'mentions' AND e.retired_at IS NULL AND e.target = :entity
 ORDER BY e.source;

-- held_relations --
SELECT e.*, (SELECT json_group_array(y.memory) FROM evidence y WHERE y.tenant = :tenant AND y.edge = e.key) AS evidence
  FROM edge e
  JOIN entity s ON s.tenant = :tenant AND s.id = e.source AND {visible s}
  JOIN entity t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE e.tenant = :tenant AND e.kind = 'relates' AND e.retired_at IS NULL AND e.source = :entity
 UNION ALL
SELECT e.*, (SELECT json_group_array(y.memory) FROM evidence y WHERE y.tenant = :tenant AND y.edge = e.key) AS evidence
  FROM edge e
  JOIN entity s ON s.tenant = :tenant AND s.id = e.source AND {visible s}
  JOIN entity t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE e.tenant = :tenant AND e.kind = 'relates' AND e.retired_at IS NULL AND e.target = :entity
   AND e.source <> e.target;

-- mention_retire --
UPDATE edge SET retired_at = :now
 WHERE tenant = :tenant AND kind = 'mentions' AND source = :memory AND target = :entity AND retired_at IS NULL;

-- merge_put --
INSERT INTO entity_merge (tenant, id, target, project, user, actor, at, reason, record)
VALUES (:tenant, :id, :target, :project, :user, :actor, :at, :reason, :record)
    ON CONFLICT (tenant, id) DO UPDATE
   SET target = excluded.target, project = excluded.project, user = excluded.user, actor = excluded.actor,
       at = excluded.at, reason = excluded.reason, record = excluded.record;

-- merge_drop --
DELETE FROM entity_merge WHERE tenant = :tenant AND id = :id;
