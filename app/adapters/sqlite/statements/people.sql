-- users_by_ids --
SELECT u.* FROM user u WHERE u.tenant = :tenant AND u.id IN (SELECT value FROM json_each(:ids)) AND {visible_user u};

-- users_by_external --
SELECT u.* FROM user u
 WHERE u.tenant = :tenant AND u.project = :project AND u.external_id IN (SELECT value FROM json_each(:ids))
   AND {visible_user u};

-- users_page --
SELECT u.*, u.created_at AS sort FROM user u
 WHERE u.tenant = :tenant AND (:project IS NULL OR u.project = :project) AND {visible_user u} {page};

-- user_present --
SELECT {visible_user u} AS visible FROM user u WHERE u.tenant = :tenant AND u.id = :id;

-- user_put --
INSERT INTO user (tenant, number, id, project, external_id, name, metadata, created_at)
VALUES (:tenant, :number, :id, :project, :external_id, :name, :metadata, :created_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, external_id = excluded.external_id, name = excluded.name,
       metadata = excluded.metadata, created_at = excluded.created_at, number = coalesce(excluded.number, number);

-- user_remove --
DELETE FROM user WHERE tenant = :tenant AND id = :id;

-- user_notes_remove --
DELETE FROM note WHERE tenant = :tenant AND user = :id;

-- agents_by_ids --
SELECT a.* FROM agent a
 WHERE a.tenant = :tenant AND a.id IN (SELECT value FROM json_each(:ids)) AND {visible_project a};

-- agents_by_external --
SELECT a.* FROM agent a
 WHERE a.tenant = :tenant AND a.project = :project AND a.external_id IN (SELECT value FROM json_each(:ids))
   AND {visible_project a};

-- agents_page --
SELECT a.*, a.created_at AS sort FROM agent a
 WHERE a.tenant = :tenant AND (:project IS NULL OR a.project = :project) AND {visible_project a} {page};

-- agent_present --
SELECT {visible_project a} AS visible FROM agent a WHERE a.tenant = :tenant AND a.id = :id;

-- agent_put --
INSERT INTO agent (tenant, id, project, external_id, name, created_at)
VALUES (:tenant, :id, :project, :external_id, :name, :created_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, external_id = excluded.external_id, name = excluded.name,
       created_at = excluded.created_at;

-- sessions_by_ids --
SELECT s.* FROM session s WHERE s.tenant = :tenant AND s.id IN (SELECT value FROM json_each(:ids)) AND {visible s};

-- sessions_by_external --
SELECT s.* FROM session s
 WHERE s.tenant = :tenant AND s.project = :project AND s.user IS :user
   AND s.external_id IN (SELECT value FROM json_each(:ids)) AND {visible s};

-- sessions_called --
SELECT s.* FROM session s
 WHERE s.tenant = :tenant AND s.project = :project AND s.external_id IN (SELECT value FROM json_each(:names))
   AND {visible s}
 ORDER BY s.created_at, s.id;

-- sessions_page --
SELECT s.*, s.created_at AS sort FROM session s
 WHERE s.tenant = :tenant AND (:project IS NULL OR s.project = :project) AND (:user IS NULL OR s.user = :user)
   AND {visible s} {page};

-- session_present --
SELECT {visible s} AS visible FROM session s WHERE s.tenant = :tenant AND s.id = :id;

-- session_put --
INSERT INTO session (tenant, id, project, user, external_id, started_at, created_at)
VALUES (:tenant, :id, :project, :user, :external_id, :started_at, :created_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, user = excluded.user, external_id = excluded.external_id,
       started_at = excluded.started_at, created_at = excluded.created_at;

-- sources_by_ids --
SELECT s.* FROM source s WHERE s.tenant = :tenant AND s.id IN (SELECT value FROM json_each(:ids)) AND {visible s};

-- source_by_uri --
SELECT s.* FROM source s
 WHERE s.tenant = :tenant AND s.project = :project AND s.user IS :user AND s.uri = :uri AND {visible s};

-- sources_page --
SELECT s.*, s.created_at AS sort FROM source s
 WHERE s.tenant = :tenant AND (:project IS NULL OR s.project = :project) AND {visible s} {page};

-- source_present --
SELECT {visible s} AS visible FROM source s WHERE s.tenant = :tenant AND s.id = :id;

-- source_put --
INSERT INTO source (tenant, id, project, user, kind, uri, title, created_at)
VALUES (:tenant, :id, :project, :user, :kind, :uri, :title, :created_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, user = excluded.user, kind = excluded.kind, uri = excluded.uri,
       title = excluded.title, created_at = excluded.created_at;
