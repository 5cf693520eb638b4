-- Pages go by key, from the one after `:after`; what puts a record replaces the one that has its key.

-- size --
-- Counted in the indexes alone.
SELECT (SELECT count(*) FROM event WHERE tenant = :tenant AND revision > 0)
     + (SELECT count(*) FROM member WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM project WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM vocabulary WHERE tenant = :tenant AND project > '')
     + (SELECT count(*) FROM api_key WHERE tenant = :tenant AND created_at > 0)
     + (SELECT count(*) FROM user WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM agent WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM session WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM source WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM note WHERE tenant = :tenant AND number > 0)
     + (SELECT count(*) FROM entity WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM decision WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM entity_merge WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM memory WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM memory_version WHERE tenant = :tenant AND memory > '')
     + (SELECT count(*) FROM feedback WHERE tenant = :tenant AND memory > '')
     + (SELECT count(*) FROM cluster WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM membership WHERE tenant = :tenant AND cluster > '')
     + (SELECT count(*) FROM edge WHERE tenant = :tenant AND source > '')
     + (SELECT count(*) FROM webhook WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM job WHERE tenant = :tenant AND id > '')
     + (SELECT count(*) FROM idempotency WHERE tenant = :tenant AND credential > '')
     + (SELECT count(*) FROM spending WHERE tenant = :tenant AND day > '')
     + 2 AS number;

-- organization_page --
SELECT o.id, o.name, o.created_at FROM organization o WHERE o.id = :tenant AND o.id > :after LIMIT :limit;

-- organization_put --
INSERT INTO organization (id, name, created_at) VALUES (:tenant, :name, :created_at)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, created_at = excluded.created_at;

-- organization_drop --
DELETE FROM organization WHERE id = :tenant;

-- ledger_page --
SELECT o.id, coalesce(r.number, 0) AS revision, coalesce(r.numbered, 0) AS numbered FROM organization o LEFT JOIN revision r ON r.tenant = o.id
 WHERE o.id = :tenant AND o.id > :after LIMIT :limit;

-- ledger_put --
INSERT INTO revision (tenant, number, numbered) VALUES (:tenant, :revision, :numbered)
    ON CONFLICT (tenant) DO UPDATE SET number = excluded.number, numbered = excluded.numbered;

-- ledger_drop --
INSERT INTO revision (tenant, number) VALUES (:tenant, 0) ON CONFLICT (tenant) DO UPDATE SET number = 0;

-- event_page --
SELECT * FROM event WHERE tenant = :tenant AND revision > :after ORDER BY revision LIMIT :limit;

-- event_put --
INSERT INTO event (tenant, revision, at, actor, kind, subject, project, user, data)
VALUES (:tenant, :revision, :at, :actor, :kind, :subject, :project, :user, :data)
    ON CONFLICT (tenant, revision) DO UPDATE
   SET at = excluded.at, actor = excluded.actor, kind = excluded.kind, subject = excluded.subject,
       project = excluded.project, user = excluded.user, data = excluded.data;

-- event_drop --
DELETE FROM event WHERE tenant = :tenant AND revision = :revision;

-- member_page --
SELECT * FROM member WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- member_drop --
DELETE FROM member WHERE tenant = :tenant AND id = :id;

-- project_page --
SELECT * FROM project WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- project_drop --
DELETE FROM project WHERE tenant = :tenant AND id = :id;

-- term_page --
SELECT * FROM vocabulary
 WHERE tenant = :tenant AND (project, folded) > (:after, :after_part) ORDER BY project, folded LIMIT :limit;

-- term_put --
INSERT INTO vocabulary (tenant, project, folded, name, type, aliases)
VALUES (:tenant, :project, :folded, :name, :type, :aliases)
    ON CONFLICT (tenant, project, folded) DO UPDATE
   SET name = excluded.name, type = excluded.type, aliases = excluded.aliases;

-- term_drop --
DELETE FROM vocabulary WHERE tenant = :tenant AND project = :project AND folded = :folded;

-- key_page --
SELECT * FROM api_key WHERE id > :after AND tenant = :tenant ORDER BY id LIMIT :limit;

-- key_drop --
DELETE FROM api_key WHERE id = :id AND tenant = :tenant;

-- user_page --
SELECT * FROM user WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- user_drop --
DELETE FROM user WHERE tenant = :tenant AND id = :id;

-- agent_page --
SELECT * FROM agent WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- agent_drop --
DELETE FROM agent WHERE tenant = :tenant AND id = :id;

-- session_page --
SELECT * FROM session WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- session_drop --
DELETE FROM session WHERE tenant = :tenant AND id = :id;

-- source_page --
SELECT * FROM source WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- source_drop --
DELETE FROM source WHERE tenant = :tenant AND id = :id;

-- note_page --
SELECT * FROM note WHERE tenant = :tenant AND number > :after ORDER BY number LIMIT :limit;

-- note_put --
INSERT INTO note (tenant, number, project, user, shelf, source, space, name, body, created_at, updated_at)
VALUES (:tenant, :number, :project, :user, :shelf, :source, :space, :name, :body, :created_at, :updated_at)
    ON CONFLICT (tenant, number) DO UPDATE
   SET project = excluded.project, user = excluded.user, shelf = excluded.shelf, source = excluded.source,
       space = excluded.space, name = excluded.name, body = excluded.body, created_at = excluded.created_at,
       updated_at = excluded.updated_at;

-- note_drop --
DELETE FROM note WHERE tenant = :tenant AND number = :number;

-- entity_page --
SELECT * FROM entity WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- entity_drop --
DELETE FROM entity WHERE tenant = :tenant AND id = :id;

-- merge_page --
SELECT * FROM entity_merge WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- merge_drop --
DELETE FROM entity_merge WHERE tenant = :tenant AND id = :id;

-- memory_page --
SELECT {memory m}, m.number, v.model AS vector_model, v.data AS vector, t.width AS token_width, t.data AS tokens,
       u.access_count, u.last_accessed_at, u.feedback
  FROM memory m LEFT JOIN vector v ON v.memory = m.key LEFT JOIN token_vectors t ON t.memory = m.key
  LEFT JOIN usage u ON u.memory = m.key
 WHERE m.tenant = :tenant AND m.id > :after ORDER BY m.id LIMIT :limit;

-- memory_drop --
DELETE FROM memory WHERE tenant = :tenant AND id = :id;

-- usage_put --
INSERT INTO usage (memory, access_count, last_accessed_at, feedback)
SELECT m.key, :access_count, :last_accessed_at, :feedback FROM memory m WHERE m.tenant = :tenant AND m.key = :key
    ON CONFLICT (memory) DO UPDATE
   SET access_count = excluded.access_count, last_accessed_at = excluded.last_accessed_at, feedback = excluded.feedback;

-- usage_drop --
DELETE FROM usage WHERE memory IN (SELECT key FROM memory WHERE tenant = :tenant AND key = :key);

-- version_page --
SELECT * FROM memory_version
 WHERE tenant = :tenant AND (memory, version) > (:after, :after_part) ORDER BY memory, version LIMIT :limit;

-- version_put --
INSERT INTO memory_version (tenant, memory, version, revision, recorded_at, actor, project, user, snapshot)
VALUES (:tenant, :memory, :version, :revision, :recorded_at, :actor, :project, :user, :snapshot)
    ON CONFLICT (tenant, memory, version) DO UPDATE
   SET revision = excluded.revision, recorded_at = excluded.recorded_at, actor = excluded.actor,
       project = excluded.project, user = excluded.user, snapshot = excluded.snapshot;

-- version_drop --
DELETE FROM memory_version WHERE tenant = :tenant AND memory = :memory AND version = :version;

-- feedback_page --
SELECT * FROM feedback
 WHERE tenant = :tenant AND (memory, number) > (:after, :after_part) ORDER BY memory, number LIMIT :limit;

-- feedback_put --
INSERT INTO feedback (tenant, memory, number, value, reason, actor, at)
VALUES (:tenant, :memory, :number, :value, :reason, :actor, :at)
    ON CONFLICT (tenant, memory, number) DO UPDATE
   SET value = excluded.value, reason = excluded.reason, actor = excluded.actor, at = excluded.at;

-- feedback_drop --
DELETE FROM feedback WHERE tenant = :tenant AND memory = :memory AND number = :number;

-- cluster_page --
SELECT * FROM cluster WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- cluster_drop --
DELETE FROM cluster WHERE tenant = :tenant AND id = :id;

-- memberships_drop --
DELETE FROM membership WHERE tenant = :tenant AND cluster = :id;

-- membership_page --
SELECT m.id AS memory, b.cluster FROM memory m CROSS JOIN membership b ON b.memory = m.key
 WHERE m.tenant = :tenant AND m.id > :after ORDER BY m.id LIMIT :limit;

-- membership_put --
INSERT INTO membership (memory, tenant, cluster)
SELECT m.key, :tenant, :cluster FROM memory m WHERE m.tenant = :tenant AND m.id = :memory
    ON CONFLICT (memory) DO UPDATE SET cluster = excluded.cluster;

-- membership_drop --
DELETE FROM membership
 WHERE tenant = :tenant AND memory = (SELECT m.key FROM memory m WHERE m.tenant = :tenant AND m.id = :memory);

-- edges_page --
-- All edges of a kind that lead out of the next nodes.
SELECT e.source AS of, e.target, e.type, e.weight, e.relation, e.valid_from, e.valid_to, e.spans, e.recorded_at,
       e.reason, e.retired_at, e.number,
       (SELECT json_group_array(v.memory) FROM evidence v WHERE v.tenant = :tenant AND v.edge = e.key) AS evidence
  FROM edge e
 WHERE e.tenant = :tenant AND e.kind = :edge_kind
   AND e.source IN (SELECT DISTINCT s.source FROM edge s
                     WHERE s.tenant = :tenant AND s.source > :after AND s.kind = :edge_kind
                     ORDER BY s.source LIMIT :limit)
 ORDER BY e.source;

-- edges_drop --
DELETE FROM edge WHERE tenant = :tenant AND source = :of AND kind = :edge_kind;

-- mention_put --
INSERT INTO edge (tenant, kind, type, source, target, weight, spans, recorded_at, retired_at)
VALUES (:tenant, 'mentions', 'mentions', :of, :target, :weight, :spans, :recorded_at, :retired_at);

-- link_put --
INSERT INTO edge (tenant, number, kind, type, source, target, weight, reason, recorded_at, retired_at)
VALUES (:tenant, :number, 'links', :type, :of, :target, :weight, :reason, :recorded_at, :retired_at);

-- relation_put --
INSERT INTO edge (tenant, kind, type, source, target, weight, relation, valid_from, valid_to, recorded_at, retired_at)
VALUES (:tenant, 'relates', :type, :of, :target, :weight, :relation, :valid_from, :valid_to, :recorded_at, :retired_at);

-- decision_page --
SELECT * FROM decision WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- decision_drop --
DELETE FROM decision WHERE tenant = :tenant AND id = :id;

-- webhook_page --
SELECT * FROM webhook WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- webhook_drop --
DELETE FROM webhook WHERE tenant = :tenant AND id = :id;

-- job_page --
SELECT * FROM job WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- job_drop --
DELETE FROM job WHERE tenant = :tenant AND id = :id;

-- answer_page --
SELECT * FROM idempotency
 WHERE tenant = :tenant AND (credential, name) > (:after, :after_part) ORDER BY credential, name LIMIT :limit;

-- answer_drop --
DELETE FROM idempotency WHERE tenant = :tenant AND credential = :credential AND name = :name;

-- spending_page --
SELECT * FROM spending WHERE tenant = :tenant AND day > :after ORDER BY day LIMIT :limit;

-- spending_put --
INSERT INTO spending (tenant, day, calls, tokens) VALUES (:tenant, :day, :calls, :tokens)
    ON CONFLICT (tenant, day) DO UPDATE SET calls = excluded.calls, tokens = excluded.tokens;

-- spending_drop --
DELETE FROM spending WHERE tenant = :tenant AND day = :day;
