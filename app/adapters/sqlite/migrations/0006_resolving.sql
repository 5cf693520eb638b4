-- By what a name may be meant, however it is written (`app.domain.text.handles`); `owner` is the user, or '' for nobody.
CREATE TABLE entity_handle (
    tenant  TEXT NOT NULL,
    project TEXT NOT NULL,
    owner   TEXT NOT NULL,
    handle  TEXT NOT NULL,
    entity  TEXT NOT NULL,
    PRIMARY KEY (tenant, project, owner, handle, entity),
    FOREIGN KEY (tenant, entity) REFERENCES entity (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX entity_handle_of ON entity_handle (tenant, entity);

-- What is known already gets the handles of its words; the rest of them come when it is next written.
WITH RECURSIVE word (tenant, entity, word, rest) AS (
    SELECT tenant, entity, '', folded || ' ' FROM entity_name
     UNION ALL
    SELECT tenant, entity, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1)
      FROM word WHERE rest <> ''
), handle (tenant, entity, handle) AS (
    SELECT tenant, entity, substr(word, 1, 3) FROM word WHERE word <> ''
     UNION
    SELECT tenant, entity, substr(word, 1, 1) || '-' || substr(word, -2) FROM word WHERE length(word) > 2
)
INSERT INTO entity_handle (tenant, project, owner, handle, entity)
SELECT h.tenant, n.project, coalesce(n.user, ''), h.handle, h.entity
  FROM handle h JOIN entity n ON n.tenant = h.tenant AND n.id = h.entity;

-- An entity that another took in; `record` is all that moved, so that it can be taken back.
ALTER TABLE entity ADD COLUMN merged_into TEXT;
CREATE TABLE entity_merge (
    tenant  TEXT NOT NULL,
    id      TEXT NOT NULL,
    target  TEXT NOT NULL,
    project TEXT NOT NULL,
    user    TEXT,
    actor   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    reason  TEXT,
    record  TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, id) REFERENCES entity (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, target) REFERENCES entity (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX entity_merge_age ON entity_merge (tenant, at, id);
CREATE INDEX entity_merge_into ON entity_merge (tenant, target);

-- Why a link was made, where that was said.
ALTER TABLE edge ADD COLUMN reason TEXT;

-- Two memories that do not hold together; open while there is no outcome.
CREATE TABLE decision (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    project    TEXT NOT NULL,
    user       TEXT,
    newer      TEXT NOT NULL,
    older      TEXT NOT NULL,
    why        TEXT NOT NULL,
    confidence REAL NOT NULL,
    opened_at  INTEGER NOT NULL,
    outcome    TEXT,
    reason     TEXT,
    ended_at   INTEGER,
    settled_at INTEGER,
    settled_by TEXT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, newer) REFERENCES memory (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, older) REFERENCES memory (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX decision_age ON decision (tenant, opened_at, id);
CREATE UNIQUE INDEX decision_between ON decision (tenant, newer, older);
CREATE INDEX decision_older ON decision (tenant, older);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('entity_handle', 'entity_handle', '1000000 1000000 500000 1000 3 1'),
    ('entity_handle', 'entity_handle_of', '1000000 1000000 5'),
    ('decision', 'decision', '100000 100000 1'),
    ('decision', 'decision_age', '100000 100000 2 1'),
    ('decision', 'decision_between', '100000 100000 2 1'),
    ('decision', 'decision_older', '100000 100000 2'),
    ('entity_merge', 'entity_merge', '10000 10000 1'),
    ('entity_merge', 'entity_merge_age', '10000 10000 2 1'),
    ('entity_merge', 'entity_merge_into', '10000 10000 2');
ANALYZE sqlite_schema;
