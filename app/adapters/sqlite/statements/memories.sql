-- memories_by_ids --
SELECT {memory m} FROM memory m
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- memories_by_numbers --
SELECT m.number, m.id FROM memory m
 WHERE m.tenant = :tenant AND m.number IN (SELECT value FROM json_each(:numbers)) AND {visible m};

-- link_numbers --
SELECT e.source, e.target, e.type, e.number FROM edge e
  JOIN memory s ON s.tenant = :tenant AND s.id = e.source AND {visible s}
  JOIN memory t ON t.tenant = :tenant AND t.id = e.target AND {visible t}
 WHERE e.tenant = :tenant AND e.kind = 'links' AND e.retired_at IS NULL
   AND e.source IN (SELECT value FROM json_each(:sources)) AND e.target IN (SELECT value FROM json_each(:targets));

-- memories_page --
SELECT {memory m}, {sort} AS sort FROM memory m
 WHERE m.tenant = :tenant AND {visible m} {where} {page};

-- memories_count --
SELECT count(*) AS number FROM memory m WHERE m.tenant = :tenant AND {visible m} {where};

-- labels_category --
SELECT l.value AS value, count(*) AS number
  FROM memory m JOIN label l ON l.memory = m.key AND l.kind = 'category'
 WHERE m.tenant = :tenant AND {visible m} {where}
 GROUP BY 1 ORDER BY 2 DESC, 1;

-- labels_kind --
SELECT m.kind AS value, count(*) AS number FROM memory m
 WHERE m.tenant = :tenant AND m.kind IS NOT NULL AND {visible m} {where}
 GROUP BY 1 ORDER BY 2 DESC, 1;

-- labels_tag --
SELECT l.value AS value, count(*) AS number
  FROM memory m JOIN label l ON l.memory = m.key AND l.kind = 'tag'
 WHERE m.tenant = :tenant AND {visible m} {where}
 GROUP BY 1 ORDER BY 2 DESC, 1;

-- labels_type --
SELECT m.type AS value, count(*) AS number FROM memory m
 WHERE m.tenant = :tenant AND m.type IS NOT NULL AND {visible m} {where}
 GROUP BY 1 ORDER BY 2 DESC, 1;

-- tally_user --
SELECT m.user AS value, m.user AS user, count(*) AS memories, sum((m.version + 1) / 2) AS rounds,
       min(m.created_at) AS first_at, max(m.updated_at) AS last_at
  FROM memory m
 WHERE m.tenant = :tenant AND m.user IS NOT NULL AND {visible m} {where}
 GROUP BY 1, 2
 ORDER BY 1, 2;

-- tally_agent --
SELECT m.agent AS value, NULL AS user, count(*) AS memories, sum((m.version + 1) / 2) AS rounds,
       min(m.created_at) AS first_at, max(m.updated_at) AS last_at
  FROM memory m
 WHERE m.tenant = :tenant AND m.agent IS NOT NULL AND {visible m} {where}
 GROUP BY 1, 2
 ORDER BY 1, 2;

-- tally_category --
SELECT l.value AS value, m.user AS user, count(*) AS memories, sum((m.version + 1) / 2) AS rounds,
       min(m.created_at) AS first_at, max(m.updated_at) AS last_at
  FROM memory m JOIN label l ON l.memory = m.key AND l.kind = 'category'
 WHERE m.tenant = :tenant AND l.value IS NOT NULL AND {visible m} {where}
 GROUP BY 1, 2
 ORDER BY 1, 2;

-- versions_page --
SELECT v.version AS sort, v.memory AS id, v.version, v.revision, v.recorded_at, v.actor, v.snapshot
  FROM memory_version v JOIN memory m ON m.tenant = v.tenant AND m.id = v.memory
 WHERE v.tenant = :tenant AND v.memory = :memory AND {visible v} AND {visible m} {page};

-- usage_by_ids --
SELECT m.id, u.access_count, u.last_accessed_at, u.feedback
  FROM memory m JOIN usage u ON u.memory = m.key
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- attached --
SELECT m.id, m.number, u.external_id AS user, u.number AS user_number, a.external_id AS agent, s.external_id AS session,
       coalesce(g.access_count, 0) AS access_count, g.last_accessed_at, coalesce(g.feedback, 0.0) AS feedback
  FROM memory m
  LEFT JOIN user u ON u.tenant = :tenant AND u.id = m.user AND {visible_user u}
  LEFT JOIN agent a ON a.tenant = :tenant AND a.id = m.agent AND {visible_project a}
  LEFT JOIN session s ON s.tenant = :tenant AND s.id = m.session AND {visible s}
  LEFT JOIN usage g ON g.memory = m.key
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- feedback_page --
SELECT f.number AS sort, f.memory AS id, f.number, f.value, f.reason, f.actor, f.at
  FROM feedback f JOIN memory m ON m.tenant = f.tenant AND m.id = f.memory
 WHERE f.tenant = :tenant AND f.memory = :memory AND {visible m} {page};

-- same_text --
SELECT m.id, m.digest FROM memory m
 WHERE m.tenant = :tenant AND m.project = :project AND m.user IS :user AND m.digest = :digest
   AND {visible m} AND {live m}
 ORDER BY m.expires_at IS NOT NULL, m.created_at, m.id
 LIMIT 1;

-- same_words --
SELECT m.id FROM memory m
 WHERE m.tenant = :tenant AND m.project = :project AND m.digest = :digest AND {visible m} AND {live m}
 ORDER BY m.created_at, m.id
 LIMIT 100;

-- derived_only --
-- Memories that come from the given ones and from no other of this life, and summaries of any of them.
SELECT DISTINCT m.id FROM edge e JOIN memory m ON m.tenant = :tenant AND m.id = e.source
 WHERE e.tenant = :tenant AND e.kind = 'links' AND e.retired_at IS NULL
   AND (e.type IN ('derived_from', 'detail_of') OR (e.type = 'summary_of' AND m.type = 'summary'))
   AND e.target IN (SELECT value FROM json_each(:ids)) AND m.id NOT IN (SELECT value FROM json_each(:ids))
   AND {visible m}
   AND (e.type = 'summary_of' OR NOT EXISTS (
            SELECT 1 FROM edge o JOIN memory t ON t.tenant = :tenant AND t.id = o.target
             WHERE o.tenant = :tenant AND o.source = m.id AND o.kind = 'links' AND o.retired_at IS NULL
               AND o.type IN ('derived_from', 'detail_of') AND t.id NOT IN (SELECT value FROM json_each(:ids))
               AND (:living IS NULL OR {live t} = :living)))
 ORDER BY m.id;

-- at_positions --
SELECT m.position, min(m.id) AS id FROM memory m
 WHERE m.tenant = :tenant AND m.source = :source AND m.position IN (SELECT value FROM json_each(:positions))
   AND {visible m}
 GROUP BY m.position;

-- last_position --
SELECT max(m.position) AS position FROM memory m WHERE m.tenant = :tenant AND m.session = :session AND {visible m};

-- links_of --
-- Each link once from either end; the other end must live and be visible, and so must this one.
WITH link AS (
    SELECT e.source AS of, e.source, e.target, e.type, e.weight, e.recorded_at, e.reason FROM edge e
     WHERE e.tenant = :tenant AND e.kind = 'links' AND e.retired_at IS NULL
       AND e.source IN (SELECT value FROM json_each(:ids))
     UNION ALL
    SELECT e.target AS of, e.source, e.target, e.type, e.weight, e.recorded_at, e.reason FROM edge e
     WHERE e.tenant = :tenant AND e.kind = 'links' AND e.retired_at IS NULL AND e.target <> e.source
       AND e.target IN (SELECT value FROM json_each(:ids))
)
SELECT * FROM (
    SELECT l.*, row_number() OVER (PARTITION BY l.of ORDER BY l.weight DESC, l.source, l.target, l.type) AS place
      FROM link l
      JOIN memory s ON s.tenant = :tenant AND s.id = l.source AND {visible s} AND {live s}
      JOIN memory t ON t.tenant = :tenant AND t.id = l.target AND {visible t} AND {live t}
) WHERE place <= 100
 ORDER BY of, place;

-- mentioned_by --
SELECT * FROM (
    SELECT e.source AS of, e.source, e.target, e.weight, e.spans, n.*,
           row_number() OVER (PARTITION BY e.source ORDER BY e.weight DESC, e.target) AS place
      FROM edge e
      JOIN memory m ON m.tenant = :tenant AND m.id = e.source AND {visible m}
      JOIN entity n ON n.tenant = :tenant AND n.id = e.target AND {visible n}
     WHERE e.tenant = :tenant AND e.kind = 'mentions' AND e.retired_at IS NULL
       AND e.source IN (SELECT value FROM json_each(:ids))
) WHERE place <= 100
 ORDER BY of, place;

-- expired --
SELECT {memory m} FROM memory m INDEXED BY memory_expiring
 WHERE m.tenant = :tenant AND m.layer = 'TASK' AND m.deleted_at IS NULL AND m.expires_at <= :now AND {visible m}
 ORDER BY m.expires_at, m.id LIMIT :limit;

-- session_turns --
SELECT {memory m} FROM memory m
 WHERE m.tenant = :tenant AND m.session = :session AND m.position >= :start AND m.position < :stop
   AND {visible m} AND {live m}
 ORDER BY m.position, m.id;

-- glimpses --
-- These memories, what they are derived from, and what was said next to them.
WITH named AS (
    SELECT m.key, m.session, m.position
      FROM json_each(:ids) i CROSS JOIN memory m ON m.tenant = :tenant AND m.id = i.value
     UNION ALL
    SELECT t.key, t.session, t.position
      FROM json_each(:ids) i
     CROSS JOIN edge e ON e.tenant = :tenant AND e.source = i.value AND e.kind = 'links' AND e.type = 'derived_from'
                      AND e.retired_at IS NULL
     CROSS JOIN memory t ON t.tenant = :tenant AND t.id = e.target
), near AS (
    SELECT k.key FROM named k
     UNION ALL
    SELECT b.key FROM memory b INDEXED BY memory_turn
     WHERE b.tenant = :tenant AND b.session IS NOT NULL
       AND (b.session, b.position) IN (
           SELECT k.session, k.position + step.value FROM named k, json_each(:steps) step WHERE k.session IS NOT NULL)
)
SELECT m.id, m.version, m.text, m.title, m.summary, m.session, m.position,
       coalesce(m.speaker, CASE WHEN coalesce(m.role, 'user') = 'user'
                                THEN (SELECT u.name FROM user u WHERE u.tenant = :tenant AND u.id = m.user)
                                ELSE (SELECT a.name FROM agent a WHERE a.tenant = :tenant AND a.id = m.agent) END) AS actor,
       m.occurred_at, m.valid_to, coalesce(s.feedback, 0.0) AS feedback, v.data
  FROM memory m LEFT JOIN vector v ON v.memory = m.key AND v.model = :model AND v.dimension = :dimension
  LEFT JOIN usage s ON s.memory = m.key
 WHERE m.key IN (SELECT k.key FROM near k) AND m.tenant = :tenant AND {visible m} {where};

-- speakers --
-- "Ada" finds "Ada" and "Ada Lovelace": "!" is the character after the space.
SELECT n.value AS speaker FROM json_each(:names) n
 WHERE EXISTS (SELECT 1 FROM memory m WHERE m.tenant = :tenant AND m.speaker = n.value AND {visible m})
 UNION
SELECT f.speaker
  FROM (SELECT (SELECT m.speaker FROM memory m
                 WHERE m.tenant = :tenant AND m.speaker >= n.value || ' ' AND m.speaker < n.value || '!' AND {visible m}
                 LIMIT 1) AS speaker
          FROM json_each(:names) n) f
 WHERE f.speaker IS NOT NULL
 ORDER BY speaker;

-- sources_of --
SELECT e.source, e.target FROM edge e
 WHERE e.tenant = :tenant AND e.kind = 'links' AND e.type = 'derived_from' AND e.retired_at IS NULL
   AND e.source IN (SELECT value FROM json_each(:ids))
 ORDER BY e.source, e.target;

-- memories_present --
-- What a write must know of the rows that it would replace, invisible ones included.
SELECT m.id, m.key, m.project, m.user, m.text, m.version FROM memory m
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids));

-- memory_insert --
INSERT INTO memory (tenant, number, digest, scope, id, project, text, user, agent, session, source, position, role, speaker, title, summary, kind, type,
                    categories, tags, files, keypath, importance, layer, expires_at, status, skip_reason, metadata,
                    occurred_at, valid_from, valid_to, created_at, updated_at, version, deleted_at) VALUES (:tenant, :number, :digest, :scope, :id, :project, :text, :user, :agent, :session, :source, :position, :role, :speaker, :title, :summary,
        :kind, :type, :categories, :tags, :files, :keypath, :importance, :layer, :expires_at, :status,
        :skip_reason, :metadata, :occurred_at, :valid_from, :valid_to, :created_at, :updated_at, :version,
        :deleted_at);

-- memory_update --
UPDATE memory SET number = coalesce(:number, number), digest = :digest, scope = :scope, project = :project, text = :text, user = :user, agent = :agent, session = :session, source = :source,
        position = :position, role = :role, speaker = :speaker, title = :title, summary = :summary, kind = :kind,
        type = :type, categories = :categories, tags = :tags, files = :files, keypath = :keypath, importance =
        :importance, layer = :layer, expires_at = :expires_at, status = :status, skip_reason = :skip_reason,
        metadata = :metadata, occurred_at = :occurred_at, valid_from = :valid_from, valid_to = :valid_to,
        created_at = :created_at, updated_at = :updated_at, version = :version, deleted_at = :deleted_at WHERE tenant = :tenant AND key = :key;

-- numbers_take --
-- As many numbers as are asked for; the last of them.
INSERT INTO revision (tenant, number, numbered) VALUES (:tenant, 0, :count)
    ON CONFLICT (tenant) DO UPDATE SET numbered = numbered + excluded.numbered
RETURNING numbered;

-- labels_drop --
DELETE FROM label WHERE memory IN (SELECT key FROM memory WHERE tenant = :tenant AND key = :key);

-- labels_add --
INSERT OR IGNORE INTO label (memory, kind, value)
SELECT m.key, :label_kind, j.value FROM memory m, json_each(:labels) j WHERE m.tenant = :tenant AND m.key = :key;

-- version_put --
INSERT INTO memory_version (tenant, memory, version, revision, recorded_at, actor, project, user, snapshot)
VALUES (:tenant, :id, :version, :revision, :now, :actor, :project, :user, :snapshot)
    ON CONFLICT (tenant, memory, version) DO UPDATE
   SET revision = excluded.revision, recorded_at = excluded.recorded_at, actor = excluded.actor,
       project = excluded.project, user = excluded.user, snapshot = excluded.snapshot;

-- memories_for_vectors --
SELECT m.id, m.key, m.project, m.user, v.memory IS NOT NULL AS embedded
  FROM memory m LEFT JOIN vector v ON v.memory = m.key
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- memories_visible --
SELECT m.id FROM memory m
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- link_put --
INSERT INTO edge (tenant, kind, type, source, target, weight, recorded_at, reason)
VALUES (:tenant, 'links', :type, :source, :target, :weight, :recorded_at, :reason)
    ON CONFLICT (tenant, source, kind, target, type) WHERE retired_at IS NULL
    DO UPDATE SET weight = excluded.weight, reason = coalesce(excluded.reason, reason);

-- link_retire --
UPDATE edge SET retired_at = :now
 WHERE tenant = :tenant AND kind = 'links' AND type = :type AND source = :source AND target = :target
   AND retired_at IS NULL
   AND EXISTS (SELECT 1 FROM memory m WHERE m.tenant = :tenant AND m.id = :source AND {visible m})
   AND EXISTS (SELECT 1 FROM memory m WHERE m.tenant = :tenant AND m.id = :target AND {visible m});

-- mentions_retire --
UPDATE edge SET retired_at = :now
 WHERE tenant = :tenant AND kind = 'mentions' AND source = :memory AND retired_at IS NULL;

-- mention_add --
INSERT INTO edge (tenant, kind, type, source, target, weight, spans, recorded_at)
VALUES (:tenant, 'mentions', 'mentions', :memory, :entity, :weight, :spans, :now);

-- access_note --
INSERT INTO usage (memory, access_count, last_accessed_at, feedback)
SELECT m.key, k.times, :at, 0
  FROM (SELECT value AS id, count(*) AS times FROM json_each(:ids) GROUP BY value) k CROSS JOIN memory m
 WHERE m.tenant = :tenant AND m.id = k.id AND {visible m}
    ON CONFLICT (memory) DO UPDATE
   SET access_count = access_count + excluded.access_count,
       last_accessed_at = max(coalesce(last_accessed_at, 0), excluded.last_accessed_at);

-- feedback_give --
INSERT INTO feedback (tenant, memory, number, value, reason, actor, at)
SELECT m.tenant, m.id,
       1 + coalesce((SELECT max(f.number) FROM feedback f WHERE f.tenant = :tenant AND f.memory = m.id), 0),
       :value, :reason, :actor, :now
  FROM memory m WHERE m.tenant = :tenant AND m.id = :memory AND {visible m};

-- feedback_add --
INSERT INTO usage (memory, access_count, feedback)
SELECT m.key, 0, :value FROM memory m WHERE m.tenant = :tenant AND m.id = :memory AND {visible m}
    ON CONFLICT (memory) DO UPDATE SET feedback = feedback + excluded.feedback;
