-- Memories by their address.
CREATE INDEX memory_keypath ON memory (tenant, project, user, keypath) WHERE keypath IS NOT NULL;

-- Texts that were replaced by a later version, so that they are found as of then. Rows come and go with the versions.
CREATE TABLE replaced (
    key     INTEGER PRIMARY KEY,
    tenant  TEXT NOT NULL,
    memory  TEXT NOT NULL,
    version INTEGER NOT NULL,
    text    TEXT NOT NULL,
    title   TEXT,
    summary TEXT,
    scope   TEXT NOT NULL,
    UNIQUE (tenant, memory, version)
);
CREATE VIRTUAL TABLE replaced_text USING fts5 (
    text, title, summary, scope,
    content = 'replaced', content_rowid = 'key',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO replaced_text (replaced_text, rank) VALUES ('rank', 'bm25(1.0, 2.0, 1.0, 0.0)');
CREATE TRIGGER replaced_insert AFTER INSERT ON replaced BEGIN
    INSERT INTO replaced_text (rowid, text, title, summary, scope)
    VALUES (new.key, new.text, new.title, new.summary, new.scope);
END;
CREATE TRIGGER replaced_delete AFTER DELETE ON replaced BEGIN
    INSERT INTO replaced_text (replaced_text, rowid, text, title, summary, scope)
    VALUES ('delete', old.key, old.text, old.title, old.summary, old.scope);
END;
-- In a snapshot 2 is the text, 10 the title, 11 the summary.
CREATE TRIGGER replaced_by_version AFTER INSERT ON memory_version WHEN new.version > 1 BEGIN
    INSERT OR IGNORE INTO replaced (tenant, memory, version, text, title, summary, scope)
    SELECT v.tenant, v.memory, v.version, v.snapshot ->> 2, v.snapshot ->> 10, v.snapshot ->> 11, m.scope
      FROM memory_version v JOIN memory m ON m.tenant = v.tenant AND m.id = v.memory
     WHERE v.tenant = new.tenant AND v.memory = new.memory AND v.version = new.version - 1
       AND (v.snapshot ->> 2 IS NOT new.snapshot ->> 2 OR v.snapshot ->> 10 IS NOT new.snapshot ->> 10
            OR v.snapshot ->> 11 IS NOT new.snapshot ->> 11);
END;
CREATE TRIGGER replaced_gone AFTER DELETE ON memory_version BEGIN
    DELETE FROM replaced WHERE tenant = old.tenant AND memory = old.memory AND version = old.version;
END;
INSERT INTO replaced (tenant, memory, version, text, title, summary, scope)
SELECT v.tenant, v.memory, v.version, v.snapshot ->> 2, v.snapshot ->> 10, v.snapshot ->> 11, m.scope
  FROM memory_version v
  JOIN memory_version n ON n.tenant = v.tenant AND n.memory = v.memory AND n.version = v.version + 1
  JOIN memory m ON m.tenant = v.tenant AND m.id = v.memory
 WHERE v.snapshot ->> 2 IS NOT n.snapshot ->> 2 OR v.snapshot ->> 10 IS NOT n.snapshot ->> 10
    OR v.snapshot ->> 11 IS NOT n.snapshot ->> 11;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('memory', 'memory_keypath', '1000000 1000000 500000 1000 1'),
    ('replaced', 'sqlite_autoindex_replaced_1', '200000 200000 2 1');
ANALYZE sqlite_schema;
