-- entities_by_ids --
SELECT n.* FROM entity n WHERE n.tenant = :tenant AND n.id IN (SELECT value FROM json_each(:ids)) AND n.merged_into IS NULL AND {visible n};

-- entities_visible --
SELECT n.id FROM entity n WHERE n.tenant = :tenant AND n.id IN (SELECT value FROM json_each(:ids)) AND n.merged_into IS NULL AND {visible n};

-- entities_page --
-- An entity that only forgotten or invisible memories mention is not listed.
SELECT n.*, n.folded AS sort FROM entity n
 WHERE n.tenant = :tenant AND n.merged_into IS NULL AND {visible n}
   AND (:project IS NULL OR n.project = :project)
   AND (:user IS NULL OR n.user = :user)
   AND (:types = '[]' OR n.type IN (SELECT value FROM json_each(:types)))
   AND (:name IS NULL OR EXISTS (
       SELECT 1 FROM entity_name a WHERE a.tenant = :tenant AND a.entity = n.id AND instr(a.folded, :name)))
   AND {supported n}
   {page};

-- entities_count --
SELECT count(*) AS number FROM entity n
 WHERE n.tenant = :tenant AND {visible n}
   AND (:project IS NULL OR n.project = :project)
   AND (:user IS NULL OR n.user = :user)
   AND (:types = '[]' OR n.type IN (SELECT value FROM json_each(:types)))
   AND (:name IS NULL OR EXISTS (
       SELECT 1 FROM entity_name a WHERE a.tenant = :tenant AND a.entity = n.id AND instr(a.folded, :name)))
   AND {supported n};

-- entities_alike --
-- Of each name asked for, those that share most handles with it.
SELECT f.asked, n.* FROM (
    SELECT k.asked, k.entity, k.number,
           row_number() OVER (PARTITION BY k.asked ORDER BY k.number DESC, k.entity) AS place
      FROM (SELECT a.value ->> 0 AS asked, h.entity, count(*) AS number
              FROM json_each(:asked) a CROSS JOIN json_each(:owners) o
              CROSS JOIN entity_handle h ON h.tenant = :tenant AND h.project = :project AND h.owner = o.value
                                        AND h.handle = a.value ->> 1
             GROUP BY 1, 2) k
) f JOIN entity n ON n.tenant = :tenant AND n.id = f.entity AND {visible n}
 WHERE f.place <= :limit
 ORDER BY f.asked, f.place;

-- entities_called --
SELECT n.* FROM entity n
 WHERE n.tenant = :tenant AND {visible n}
   AND n.id IN (SELECT a.entity FROM entity_name a
                 WHERE a.tenant = :tenant AND a.folded IN (SELECT value FROM json_each(:names)))
   AND (:project IS NULL OR n.project = :project)
   AND (:users IS NULL OR n.user IS NULL OR n.user IN (SELECT value FROM json_each(:users)))
 ORDER BY n.created_at, n.id;

-- mentions_by --
SELECT * FROM (
    SELECT e.target AS of, e.source, e.target, e.weight, e.spans,
           row_number() OVER (PARTITION BY e.target ORDER BY m.created_at DESC, m.id DESC) AS place
      FROM edge e
      JOIN entity n ON n.tenant = :tenant AND n.id = e.target AND {visible n}
      JOIN memory m ON m.tenant = :tenant AND m.id = e.source AND {visible m} AND {live m}
     WHERE e.tenant = :tenant AND e.kind = 'mentions' AND e.retired_at IS NULL
       AND e.target IN (SELECT value FROM json_each(:ids))
) WHERE place <= :limit
 ORDER BY of, place;

-- mention_counts --
SELECT e.target AS id, count(*) AS number
  FROM edge e
  JOIN entity n ON n.tenant = :tenant AND n.id = e.target AND {visible n}
  JOIN memory m ON m.tenant = :tenant AND m.id = e.source AND {visible m} AND {live m}
 WHERE e.tenant = :tenant AND e.kind = 'mentions' AND e.retired_at IS NULL
   AND e.target IN (SELECT value FROM json_each(:ids))
 GROUP BY e.target;

-- relations_of --
WITH relation AS (
    SELECT e.source AS of, e.* FROM edge e
     WHERE e.tenant = :tenant AND e.kind = 'relates' AND e.retired_at IS NULL
       AND e.source IN (SELECT value FROM json_each(:ids))
     UNION ALL
    SELECT e.target AS of, e.* FROM edge e
     WHERE e.tenant = :tenant AND e.kind = 'relates' AND e.retired_at IS NULL AND e.target <> e.source
       AND e.target IN (SELECT value FROM json_each(:ids))
)
SELECT * FROM (
    SELECT r.*, {evidence r} AS evidence,
           row_number() OVER (PARTITION BY r.of ORDER BY r.weight DESC, r.relation) AS place
      FROM relation r
      JOIN entity s ON s.tenant = :tenant AND s.id = r.source AND {visible s}
      JOIN entity t ON t.tenant = :tenant AND t.id = r.target AND {visible t}
     WHERE {known r}
) WHERE place <= :limit
 ORDER BY of, place;

-- relations_by_ids --
SELECT r.relation AS id, r.*, {evidence r} AS evidence
  FROM edge r
  JOIN entity s ON s.tenant = :tenant AND s.id = r.source AND {visible s}
  JOIN entity t ON t.tenant = :tenant AND t.id = r.target AND {visible t}
 WHERE r.tenant = :tenant AND r.relation IN (SELECT value FROM json_each(:ids)) AND r.retired_at IS NULL
   AND {known r};

-- entities_present --
SELECT n.id, n.project, n.user FROM entity n
 WHERE n.tenant = :tenant AND n.id IN (SELECT value FROM json_each(:ids));

-- entity_put --
INSERT INTO entity (tenant, id, project, user, name, type, aliases, description, created_at, updated_at,
                    merged_into, folded)
VALUES (:tenant, :id, :project, :user, :name, :type, :aliases, :description, :created_at, :updated_at,
        :merged_into, :folded)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, user = excluded.user, name = excluded.name, type = excluded.type,
       aliases = excluded.aliases, description = excluded.description, created_at = excluded.created_at,
       updated_at = excluded.updated_at, merged_into = excluded.merged_into, folded = excluded.folded;

-- names_drop --
DELETE FROM entity_name WHERE tenant = :tenant AND entity = :id;

-- names_add --
INSERT OR IGNORE INTO entity_name (tenant, folded, entity)
SELECT :tenant, value, :id FROM json_each(:names);

-- handles_drop --
DELETE FROM entity_handle WHERE tenant = :tenant AND entity = :id;

-- handles_add --
INSERT INTO entity_handle (tenant, project, owner, handle, entity)
SELECT :tenant, :project, coalesce(:user, ''), value, :id FROM json_each(:handles);

-- relation_retire --
UPDATE edge SET retired_at = :now WHERE tenant = :tenant AND relation = :relation AND retired_at IS NULL;

-- relations_present --
-- The ends of a relation that a write would replace, invisible ones included.
SELECT e.source, e.target FROM edge e
 WHERE e.tenant = :tenant AND e.relation IN (SELECT value FROM json_each(:ids)) AND e.retired_at IS NULL;

-- relation_add --
INSERT INTO edge (tenant, kind, type, source, target, weight, relation, valid_from, valid_to, recorded_at)
VALUES (:tenant, 'relates', :type, :source, :target, :weight, :relation, :valid_from, :valid_to, :now);

-- evidence_add --
INSERT OR IGNORE INTO evidence (tenant, edge, memory) SELECT :tenant, :edge, value FROM json_each(:memories);
