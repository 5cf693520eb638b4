-- organization --
SELECT id, name, created_at FROM organization WHERE id = :tenant;

-- projects_by_ids --
SELECT p.* FROM project p WHERE p.tenant = :tenant AND p.id IN (SELECT value FROM json_each(:ids)) AND {visible_id p};

-- project_by_slug --
SELECT p.* FROM project p WHERE p.tenant = :tenant AND p.slug = :slug AND {visible_id p};

-- projects_page --
SELECT p.*, p.created_at AS sort FROM project p WHERE p.tenant = :tenant AND {visible_id p} {page};

-- project_put --
INSERT INTO project (tenant, id, slug, name, description, metadata, revision, content_types, relation_types,
                     created_at, updated_at, deleted_at)
VALUES (:tenant, :id, :slug, :name, :description, :metadata, :revision, :content_types, :relation_types,
        :created_at, :updated_at, :deleted_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET slug = excluded.slug, name = excluded.name, description = excluded.description, metadata = excluded.metadata,
       revision = excluded.revision, content_types = excluded.content_types, relation_types = excluded.relation_types,
       created_at = excluded.created_at, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at;

-- vocabulary_page --
SELECT t.folded AS sort, t.folded AS id, t.name, t.type, t.aliases FROM vocabulary t
 WHERE t.tenant = :tenant AND t.project = :project AND {visible_project t} {page};

-- vocabulary_terms --
SELECT t.name, t.type, t.aliases FROM vocabulary t
 WHERE t.tenant = :tenant AND t.project = :project AND {visible_project t} ORDER BY t.folded;

-- vocabulary_drop --
DELETE FROM vocabulary WHERE tenant = :tenant AND project = :project;

-- vocabulary_put --
INSERT INTO vocabulary (tenant, project, folded, name, type, aliases)
VALUES (:tenant, :project, :folded, :name, :type, :aliases);

-- members_by_ids --
SELECT m.* FROM member m WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids));

-- members_page --
SELECT m.*, m.created_at AS sort FROM member m WHERE m.tenant = :tenant {page};

-- member_put --
INSERT INTO member (tenant, id, name, email, role, active, created_at)
VALUES (:tenant, :id, :name, :email, :role, :active, :created_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET name = excluded.name, email = excluded.email, role = excluded.role, active = excluded.active,
       created_at = excluded.created_at;

-- keys_by_ids --
SELECT k.* FROM api_key k WHERE k.tenant = :tenant AND k.id IN (SELECT value FROM json_each(:ids)) AND {visible_key k};

-- keys_page --
SELECT k.*, k.created_at AS sort FROM api_key k WHERE k.tenant = :tenant AND {visible_key k} {page};

-- key_present --
-- Whether a key is there to be replaced, and whether the principal sees it.
SELECT {visible_key k} AS visible FROM api_key k WHERE k.tenant = :tenant AND k.id = :id;

-- key_put --
INSERT INTO api_key (id, tenant, name, scopes, projects, end_user, member, digest, last_four, beginning,
                     created_at, expires_at, revoked_at, last_used_at)
VALUES (:id, :tenant, :name, :scopes, :key_projects, :key_user, :member, :digest, :last_four, :beginning,
        :created_at, :expires_at, :revoked_at, :last_used_at)
    ON CONFLICT (id) DO UPDATE
   SET name = excluded.name, scopes = excluded.scopes, projects = excluded.projects, end_user = excluded.end_user,
       member = excluded.member, digest = excluded.digest, last_four = excluded.last_four, beginning = excluded.beginning,
       created_at = excluded.created_at, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at,
       last_used_at = excluded.last_used_at
 WHERE tenant = :tenant;
