-- The statements that cross tenants: for the directory and the keeper only.

-- key_owner --
SELECT k.*, coalesce(m.active, k.member IS NULL) AS active
  FROM api_key k LEFT JOIN member m ON m.tenant = k.tenant AND m.id = k.member
 WHERE k.id = :id;

-- key_touch --
UPDATE api_key SET last_used_at = max(coalesce(last_used_at, 0), :at) WHERE id = :id;

-- organizations --
SELECT id, name, created_at FROM organization ORDER BY created_at, id;

-- organization_found --
INSERT INTO organization (id, name, created_at) VALUES (:id, :name, :created_at) ON CONFLICT (id) DO NOTHING;

-- organization_first --
INSERT INTO organization (id, name, created_at)
SELECT :id, :name, :created_at WHERE NOT EXISTS (SELECT 1 FROM organization);

-- tenants_due --
SELECT tenant, min(due_at) AS due FROM (
    SELECT tenant, due_at FROM job WHERE state = 'PENDING' AND due_at <= :now
     UNION ALL
    SELECT tenant, due_at FROM job WHERE state = 'PROCESSING' AND leased_until <= :now
) GROUP BY tenant ORDER BY due, tenant LIMIT :limit;

-- tenants_expired --
SELECT tenant, min(expires_at) AS since FROM memory INDEXED BY memory_expiring
 WHERE layer = 'TASK' AND deleted_at IS NULL AND expires_at <= :now
 GROUP BY tenant ORDER BY since, tenant LIMIT :limit;

-- tenants_news --
SELECT DISTINCT w.tenant FROM webhook w INDEXED BY webhook_active JOIN revision r ON r.tenant = w.tenant
 WHERE w.active AND w.heard < r.number ORDER BY w.tenant LIMIT :limit;

-- revisions --
SELECT tenant, number FROM revision;

-- events_beyond --
SELECT e.tenant, e.revision, e.at, e.actor, e.kind, e.subject, e.project, e.user, e.data, u.external_id AS about
  FROM event e LEFT JOIN user u ON u.tenant = e.tenant AND u.id = e.user
 WHERE e.tenant = :tenant AND e.revision > :revision ORDER BY e.revision LIMIT :limit;

-- counts --
SELECT 'organizations' AS name, count(*) AS number FROM organization
 UNION ALL SELECT 'projects', count(*) FROM project
 UNION ALL SELECT 'users', count(*) FROM user
 UNION ALL SELECT 'memories', count(*) FROM memory
 UNION ALL SELECT 'versions', count(*) FROM memory_version
 UNION ALL SELECT 'vectors', count(*) FROM vector
 UNION ALL SELECT 'entities', count(*) FROM entity
 UNION ALL SELECT 'edges', count(*) FROM edge WHERE retired_at IS NULL
 UNION ALL SELECT 'jobs', count(*) FROM job
 UNION ALL SELECT 'parked jobs', count(*) FROM job WHERE state = 'FAILED' AND attempts >= max_attempts
 UNION ALL SELECT 'events', count(*) FROM event;

-- text_check --
INSERT INTO memory_text (memory_text, rank) VALUES ('integrity-check', 1);

-- text_merge --
INSERT INTO memory_text (memory_text, rank) VALUES ('merge', :pages);

-- replaced_merge --
INSERT INTO replaced_text (replaced_text, rank) VALUES ('merge', :pages);
