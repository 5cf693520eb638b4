-- clusters_by_ids --
SELECT {cluster c} FROM cluster c
 WHERE c.tenant = :tenant AND c.id IN (SELECT value FROM json_each(:ids)) AND {visible c};

-- clusters_page --
SELECT {cluster c}, c.updated_at AS sort FROM cluster c
 WHERE c.tenant = :tenant AND c.project = :project AND (:user IS NULL OR c.user = :user) AND {visible c}
   AND (SELECT count(*) FROM (SELECT 1 FROM membership b JOIN memory m ON m.key = b.memory
                               WHERE b.tenant = :tenant AND b.cluster = c.id AND {visible m} AND {live m}
                               LIMIT :least)) >= :least
 {page};

-- sizes --
SELECT c.id, (SELECT count(*) FROM membership b JOIN memory m ON m.key = b.memory
               WHERE b.tenant = :tenant AND b.cluster = c.id AND {visible m} AND {live m}) AS number
  FROM cluster c
 WHERE c.tenant = :tenant AND c.id IN (SELECT value FROM json_each(:ids)) AND {visible c};

-- clusters_of --
SELECT m.id, b.cluster FROM memory m JOIN membership b ON b.memory = m.key
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- centres --
SELECT {cluster c}, c.model, c.total FROM cluster c
 WHERE c.tenant = :tenant AND c.project = :project AND c.user IS :user AND {visible c}
 ORDER BY c.created_at, c.id;

-- members --
SELECT m.id, b.cluster, m.title, m.text, v.model, v.data,
       (SELECT json_group_array(e.target) FROM edge e
         WHERE e.tenant = :tenant AND e.source = m.id AND e.kind = 'mentions' AND e.retired_at IS NULL) AS entities
  FROM memory m INDEXED BY memory_of_user
  JOIN vector v ON v.memory = m.key
  LEFT JOIN membership b ON b.memory = m.key
 WHERE m.tenant = :tenant AND m.user IS :user AND m.project = :project AND m.skip_reason IS NULL
   AND {visible m} AND {live m}
   AND NOT EXISTS (SELECT 1 FROM edge e
                    WHERE e.tenant = :tenant AND e.source = m.id AND e.kind = 'links' AND e.retired_at IS NULL
                      AND e.type IN ('derived_from', 'detail_of', 'summary_of'))
 ORDER BY m.created_at DESC, m.id DESC LIMIT :limit;

-- candidates --
SELECT m.id, b.cluster, m.title, m.text, v.model, v.data,
       (SELECT json_group_array(e.target) FROM edge e
         WHERE e.tenant = :tenant AND e.source = m.id AND e.kind = 'mentions' AND e.retired_at IS NULL) AS entities
  FROM memory m
  JOIN vector v ON v.memory = m.key
  LEFT JOIN membership b ON b.memory = m.key
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND m.skip_reason IS NULL
   AND {visible m} AND {live m}
   AND NOT EXISTS (SELECT 1 FROM edge e
                    WHERE e.tenant = :tenant AND e.source = m.id AND e.kind = 'links' AND e.retired_at IS NULL
                      AND e.type IN ('derived_from', 'detail_of', 'summary_of'));

-- members_of --
SELECT m.id, b.cluster, m.title, m.text, v.model, v.data,
       (SELECT json_group_array(e.target) FROM edge e
         WHERE e.tenant = :tenant AND e.source = m.id AND e.kind = 'mentions' AND e.retired_at IS NULL) AS entities
  FROM membership b JOIN memory m ON m.key = b.memory JOIN vector v ON v.memory = m.key
 WHERE b.tenant = :tenant AND b.cluster IN (SELECT value FROM json_each(:ids)) AND {visible m} AND {live m}
 ORDER BY m.created_at DESC, m.id DESC LIMIT :limit;

-- clusters_present --
SELECT c.project, c.user FROM cluster c
 WHERE c.tenant = :tenant AND c.id IN (SELECT value FROM json_each(:ids));

-- cluster_put --
INSERT INTO cluster (tenant, id, project, user, name, keywords, terms, weight, cohesion, model, total,
                     created_at, updated_at)
VALUES (:tenant, :id, :project, :user, :name, :keywords, :terms, :weight, :cohesion, :model, :total,
        :created_at, :updated_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, user = excluded.user, name = excluded.name, keywords = excluded.keywords,
       terms = excluded.terms, weight = excluded.weight, cohesion = excluded.cohesion, model = excluded.model,
       total = excluded.total, created_at = excluded.created_at, updated_at = excluded.updated_at;

-- left --
-- The clusters that memories are in and will not stay in.
SELECT DISTINCT b.cluster AS id
  FROM json_each(:places) p
  CROSS JOIN memory m ON m.tenant = :tenant AND m.id = p.key
  CROSS JOIN membership b ON b.memory = m.key
 WHERE b.tenant = :tenant AND b.cluster IS NOT p.value AND {visible m};

-- places_leave --
DELETE FROM membership
 WHERE tenant = :tenant
   AND memory IN (SELECT m.key FROM json_each(:places) p CROSS JOIN memory m ON m.tenant = :tenant AND m.id = p.key
                   WHERE p.value IS NULL AND {visible m});

-- places_take --
INSERT INTO membership (memory, tenant, cluster)
SELECT m.key, :tenant, c.id
  FROM json_each(:places) p
  CROSS JOIN memory m ON m.tenant = :tenant AND m.id = p.key
  CROSS JOIN cluster c ON c.tenant = :tenant AND c.id = p.value
 WHERE {visible m} AND {visible c}
    ON CONFLICT (memory) DO UPDATE SET cluster = excluded.cluster;

-- clusters_empty --
UPDATE cluster SET name = '', keywords = '[]', terms = '[]', total = NULL
 WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids));

-- clusters_drop_bare --
DELETE FROM cluster
 WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids))
   AND NOT EXISTS (SELECT 1 FROM membership b WHERE b.tenant = :tenant AND b.cluster = cluster.id);

-- memberships_drop --
DELETE FROM membership
 WHERE tenant = :tenant
   AND cluster IN (SELECT c.id FROM cluster c
                    WHERE c.tenant = :tenant AND c.id IN (SELECT value FROM json_each(:ids)) AND {visible c});

-- clusters_drop --
DELETE FROM cluster
 WHERE tenant = :tenant
   AND id IN (SELECT c.id FROM cluster c
               WHERE c.tenant = :tenant AND c.id IN (SELECT value FROM json_each(:ids)) AND {visible c});
