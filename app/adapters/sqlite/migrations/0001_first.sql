-- The first schema. Times are microseconds since 1970 in UTC; `tenant` stands in every table that holds a tenant's data.

CREATE TABLE organization (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- The number of the tenant's newest event.
CREATE TABLE revision (
    tenant TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE member (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT,
    role       TEXT NOT NULL,
    active     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE project (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    slug        TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, slug)
) WITHOUT ROWID;

CREATE TABLE api_key (
    id           TEXT PRIMARY KEY,
    tenant       TEXT NOT NULL,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    projects     TEXT,
    end_user     TEXT,
    member       TEXT,
    digest       BLOB NOT NULL,
    last_four    TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    last_used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX api_key_of_tenant ON api_key (tenant, created_at, id);

CREATE TABLE user (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    project     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name        TEXT,
    metadata    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, project, external_id)
) WITHOUT ROWID;
CREATE INDEX user_age ON user (tenant, created_at, id);

CREATE TABLE agent (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    project     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name        TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, project, external_id)
) WITHOUT ROWID;
CREATE INDEX agent_age ON agent (tenant, created_at, id);

CREATE TABLE session (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    project     TEXT NOT NULL,
    user        TEXT,
    external_id TEXT NOT NULL,
    started_at  INTEGER,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX session_name ON session (tenant, project, external_id, coalesce(user, ''));
CREATE INDEX session_age ON session (tenant, created_at, id);

CREATE TABLE source (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    project    TEXT NOT NULL,
    user       TEXT,
    kind       TEXT NOT NULL,
    uri        TEXT NOT NULL,
    title      TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX source_name ON source (tenant, project, uri, coalesce(user, ''));
CREATE INDEX source_age ON source (tenant, created_at, id);

-- `digest` finds equal texts; `scope` holds the words by which the full text is narrowed to a part of it.
CREATE TABLE memory (
    key         INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    project     TEXT NOT NULL,
    text        TEXT NOT NULL,
    user        TEXT,
    agent       TEXT,
    session     TEXT,
    source      TEXT,
    position    INTEGER,
    role        TEXT,
    speaker     TEXT,
    title       TEXT,
    summary     TEXT,
    kind        TEXT,
    type        TEXT,
    categories  TEXT NOT NULL,
    tags        TEXT NOT NULL,
    files       TEXT NOT NULL,
    keypath     TEXT,
    importance  REAL NOT NULL,
    layer       TEXT NOT NULL,
    expires_at  INTEGER,
    status      TEXT NOT NULL,
    skip_reason TEXT,
    metadata    TEXT NOT NULL,
    occurred_at INTEGER,
    valid_from  INTEGER,
    valid_to    INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    deleted_at  INTEGER,
    digest      BLOB NOT NULL,
    scope       TEXT NOT NULL,
    UNIQUE (tenant, id)
);
CREATE INDEX memory_created ON memory (tenant, project, created_at, id);
CREATE INDEX memory_age ON memory (tenant, created_at, id);
CREATE INDEX memory_of_user ON memory (tenant, user, created_at, id);
CREATE INDEX memory_digest ON memory (tenant, project, digest);
CREATE INDEX memory_turn ON memory (tenant, session, position) WHERE session IS NOT NULL;
CREATE INDEX memory_of_source ON memory (tenant, source) WHERE source IS NOT NULL;

CREATE TABLE label (
    memory INTEGER NOT NULL REFERENCES memory (key) ON DELETE CASCADE,
    kind   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (memory, kind, value)
) WITHOUT ROWID;
CREATE INDEX label_value ON label (kind, value);

CREATE TABLE usage (
    memory           INTEGER PRIMARY KEY REFERENCES memory (key) ON DELETE CASCADE,
    access_count     INTEGER NOT NULL,
    last_accessed_at INTEGER,
    feedback         REAL NOT NULL
);

CREATE TABLE memory_version (
    tenant      TEXT NOT NULL,
    memory      TEXT NOT NULL,
    version     INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    project     TEXT NOT NULL,
    user        TEXT,
    snapshot    TEXT NOT NULL,
    UNIQUE (tenant, memory, version)
);

-- float32, little endian.
CREATE TABLE vector (
    memory    INTEGER PRIMARY KEY REFERENCES memory (key) ON DELETE CASCADE,
    model     TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    data      BLOB NOT NULL
);

-- Grows with every change of the vectors of one user of a project; user '*' stands for the whole project, '' for nobody.
CREATE TABLE vector_scope (
    tenant  TEXT NOT NULL,
    project TEXT NOT NULL,
    user    TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (tenant, project, user)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE memory_text USING fts5 (
    text, title, summary, speaker, scope,
    content = 'memory', content_rowid = 'key',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO memory_text (memory_text, rank) VALUES ('rank', 'bm25(1.0, 2.0, 1.0, 0.5, 0.0)');
CREATE TRIGGER memory_text_insert AFTER INSERT ON memory BEGIN
    INSERT INTO memory_text (rowid, text, title, summary, speaker, scope)
    VALUES (new.key, new.text, new.title, new.summary, new.speaker, new.scope);
END;
CREATE TRIGGER memory_text_delete AFTER DELETE ON memory BEGIN
    INSERT INTO memory_text (memory_text, rowid, text, title, summary, speaker, scope)
    VALUES ('delete', old.key, old.text, old.title, old.summary, old.speaker, old.scope);
END;
CREATE TRIGGER memory_text_update AFTER UPDATE OF text, title, summary, speaker, scope ON memory
WHEN old.text IS NOT new.text OR old.title IS NOT new.title OR old.summary IS NOT new.summary
    OR old.speaker IS NOT new.speaker OR old.scope IS NOT new.scope
BEGIN
    INSERT INTO memory_text (memory_text, rowid, text, title, summary, speaker, scope)
    VALUES ('delete', old.key, old.text, old.title, old.summary, old.speaker, old.scope);
    INSERT INTO memory_text (rowid, text, title, summary, speaker, scope)
    VALUES (new.key, new.text, new.title, new.summary, new.speaker, new.scope);
END;

-- How many memories a project has, and how many of them are about nobody: enough to choose how to search its words.
CREATE TABLE volume (
    tenant   TEXT NOT NULL,
    project  TEXT NOT NULL,
    memories INTEGER NOT NULL,
    shared   INTEGER NOT NULL,
    PRIMARY KEY (tenant, project)
) WITHOUT ROWID;
CREATE TRIGGER volume_insert AFTER INSERT ON memory BEGIN
    INSERT INTO volume VALUES (new.tenant, new.project, 1, new.user IS NULL)
        ON CONFLICT DO UPDATE SET memories = memories + 1, shared = shared + excluded.shared;
END;
CREATE TRIGGER volume_delete AFTER DELETE ON memory BEGIN
    UPDATE volume SET memories = memories - 1, shared = shared - (old.user IS NULL)
     WHERE tenant = old.tenant AND project = old.project;
END;
CREATE TRIGGER volume_update AFTER UPDATE OF project, user ON memory
WHEN old.project IS NOT new.project OR old.user IS NOT new.user
BEGIN
    UPDATE volume SET memories = memories - 1, shared = shared - (old.user IS NULL)
     WHERE tenant = old.tenant AND project = old.project;
    INSERT INTO volume VALUES (new.tenant, new.project, 1, new.user IS NULL)
        ON CONFLICT DO UPDATE SET memories = memories + 1, shared = shared + excluded.shared;
END;

CREATE TABLE entity (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    project     TEXT NOT NULL,
    user        TEXT,
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    aliases     TEXT NOT NULL,
    description TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    folded      TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX entity_folded ON entity (tenant, folded, id);

-- Every folded name by which an entity is known, the canonical one included.
CREATE TABLE entity_name (
    tenant TEXT NOT NULL,
    folded TEXT NOT NULL,
    entity TEXT NOT NULL,
    PRIMARY KEY (tenant, folded, entity)
) WITHOUT ROWID;
CREATE INDEX entity_name_of ON entity_name (tenant, entity);

-- mentions: memory to entity; links: memory to memory; relates: entity to entity. Current while retired_at is null.
CREATE TABLE edge (
    key         INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    type        TEXT NOT NULL,
    source      TEXT NOT NULL,
    target      TEXT NOT NULL,
    weight      REAL NOT NULL,
    relation    TEXT,
    valid_from  INTEGER,
    valid_to    INTEGER,
    spans       TEXT,
    recorded_at INTEGER NOT NULL,
    retired_at  INTEGER
);
CREATE UNIQUE INDEX edge_out ON edge (tenant, source, kind, target, type) WHERE retired_at IS NULL;
CREATE INDEX edge_in ON edge (tenant, target, kind) WHERE retired_at IS NULL;
CREATE UNIQUE INDEX edge_relation ON edge (tenant, relation) WHERE retired_at IS NULL AND relation IS NOT NULL;
CREATE INDEX edge_source_ever ON edge (tenant, source);
CREATE INDEX edge_target_ever ON edge (tenant, target);

-- The memories from which a relation is known.
CREATE TABLE evidence (
    tenant TEXT NOT NULL,
    edge   INTEGER NOT NULL REFERENCES edge (key) ON DELETE CASCADE,
    memory TEXT NOT NULL,
    UNIQUE (edge, memory)
);
CREATE INDEX evidence_of_memory ON evidence (tenant, memory);

CREATE TABLE job (
    tenant       TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    project      TEXT,
    user         TEXT,
    arguments    TEXT NOT NULL,
    actor        TEXT NOT NULL,
    credential   TEXT,
    end_user     TEXT,
    state        TEXT NOT NULL,
    stage        TEXT NOT NULL,
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    fence        INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    leased_until INTEGER,
    error        TEXT,
    error_code   TEXT,
    result       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX job_created ON job (tenant, created_at, id);
CREATE INDEX job_pending ON job (due_at) WHERE state = 'PENDING';
CREATE INDEX job_leased ON job (leased_until) WHERE state = 'PROCESSING';

CREATE TABLE event (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    project  TEXT,
    user     TEXT,
    data     TEXT NOT NULL,
    UNIQUE (tenant, revision)
);
CREATE INDEX event_subject ON event (tenant, subject);

CREATE TABLE idempotency (
    tenant      TEXT NOT NULL,
    credential  TEXT NOT NULL,
    name        TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (tenant, credential, name)
) WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (at);

-- What the planner should believe, stated once and never measured, so that plans do not change with the data:
-- tables are large, one tenant has nearly all of them, and everything below a tenant is selective.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('member', 'member', '1000 1000 1'),
    ('project', 'project', '1000 1000 1'),
    ('project', 'sqlite_autoindex_project_2', '1000 1000 1'),
    ('api_key', 'api_key', '1000 1'),
    ('api_key', 'api_key_of_tenant', '1000 1000 2 1'),
    ('user', 'user', '100000 100000 1'),
    ('user', 'sqlite_autoindex_user_2', '100000 100000 50000 1'),
    ('user', 'user_age', '100000 100000 2 1'),
    ('agent', 'agent', '10000 10000 1'),
    ('agent', 'sqlite_autoindex_agent_2', '10000 10000 5000 1'),
    ('agent', 'agent_age', '10000 10000 2 1'),
    ('session', 'session', '100000 100000 1'),
    ('session', 'session_name', '100000 100000 50000 2 1'),
    ('session', 'session_age', '100000 100000 2 1'),
    ('source', 'source', '100000 100000 1'),
    ('source', 'source_name', '100000 100000 50000 2 1'),
    ('source', 'source_age', '100000 100000 2 1'),
    ('memory', 'sqlite_autoindex_memory_1', '1000000 1000000 1'),
    ('memory', 'memory_created', '1000000 1000000 500000 2 1'),
    ('memory', 'memory_age', '1000000 1000000 2 1'),
    ('memory', 'memory_of_user', '1000000 1000000 1000 2 1'),
    ('memory', 'memory_digest', '1000000 1000000 500000 2'),
    ('memory', 'memory_turn', '1000000 1000000 100 1'),
    ('memory', 'memory_of_source', '1000000 1000000 100'),
    ('label', 'label', '2000000 3 2 1'),
    ('label', 'label_value', '2000000 1000000 500'),
    ('usage', NULL, '1000000'),
    ('vector', NULL, '1000000'),
    ('memory_version', 'sqlite_autoindex_memory_version_1', '2000000 2000000 2 1'),
    ('vector_scope', 'vector_scope', '100000 100000 50000 1'),
    ('entity', 'entity', '200000 200000 1'),
    ('entity', 'entity_folded', '200000 200000 2 1'),
    ('entity_name', 'entity_name', '300000 300000 2 1'),
    ('entity_name', 'entity_name_of', '300000 300000 2'),
    ('edge', 'edge_out', '3000000 3000000 5 4 1 1'),
    ('edge', 'edge_in', '3000000 3000000 10 8'),
    ('edge', 'edge_relation', '300000 300000 1'),
    ('edge', 'edge_source_ever', '3000000 3000000 6'),
    ('edge', 'edge_target_ever', '3000000 3000000 12'),
    ('evidence', 'sqlite_autoindex_evidence_1', '500000 2 1'),
    ('evidence', 'evidence_of_memory', '500000 500000 3'),
    ('job', 'job', '1000000 1000000 1'),
    ('job', 'job_created', '1000000 1000000 2 1'),
    ('job', 'job_pending', '1000 2'),
    ('job', 'job_leased', '100 2'),
    ('event', 'sqlite_autoindex_event_1', '5000000 5000000 1'),
    ('event', 'event_subject', '5000000 5000000 4'),
    ('idempotency', 'idempotency', '100000 100000 10000 1'),
    ('idempotency', 'idempotency_age', '100000 2');
ANALYZE sqlite_schema;
