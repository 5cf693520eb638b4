-- Whole numbers for callers that know things by them: unique in the tenant, given once, never given again.
-- `numbered` is the last that the tenant has given.
ALTER TABLE revision ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memory ADD COLUMN number INTEGER;
ALTER TABLE user ADD COLUMN number INTEGER;
-- Of links alone.
ALTER TABLE edge ADD COLUMN number INTEGER;

INSERT INTO revision (tenant, number) SELECT DISTINCT m.tenant, 0 FROM memory m WHERE true ON CONFLICT DO NOTHING;
INSERT INTO revision (tenant, number) SELECT DISTINCT u.tenant, 0 FROM user u WHERE true ON CONFLICT DO NOTHING;

UPDATE memory SET number = o.place
  FROM (SELECT m.key, row_number() OVER (PARTITION BY m.tenant ORDER BY m.created_at, m.id) AS place FROM memory m) o
 WHERE o.key = memory.key;
UPDATE revision SET numbered = coalesce((SELECT max(m.number) FROM memory m WHERE m.tenant = revision.tenant), 0);

UPDATE user SET number = o.place + (SELECT r.numbered FROM revision r WHERE r.tenant = user.tenant)
  FROM (SELECT u.tenant, u.id, row_number() OVER (PARTITION BY u.tenant ORDER BY u.created_at, u.id) AS place
          FROM user u) o
 WHERE o.tenant = user.tenant AND o.id = user.id;
UPDATE revision SET numbered = numbered + (SELECT count(*) FROM user u WHERE u.tenant = revision.tenant);

UPDATE edge SET number = o.place + (SELECT r.numbered FROM revision r WHERE r.tenant = edge.tenant)
  FROM (SELECT e.key, row_number() OVER (PARTITION BY e.tenant ORDER BY e.recorded_at, e.key) AS place
          FROM edge e WHERE e.kind = 'links') o
 WHERE o.key = edge.key;
UPDATE revision
   SET numbered = numbered + (SELECT count(*) FROM edge e WHERE e.tenant = revision.tenant AND e.kind = 'links');

CREATE UNIQUE INDEX memory_number ON memory (tenant, number);
CREATE UNIQUE INDEX user_number ON user (tenant, number);

CREATE TRIGGER user_numbered AFTER INSERT ON user WHEN new.number IS NULL BEGIN
    INSERT INTO revision (tenant, number, numbered) VALUES (new.tenant, 0, 1)
        ON CONFLICT DO UPDATE SET numbered = numbered + 1;
    UPDATE user SET number = (SELECT r.numbered FROM revision r WHERE r.tenant = new.tenant)
     WHERE tenant = new.tenant AND id = new.id;
END;
CREATE TRIGGER link_numbered AFTER INSERT ON edge WHEN new.number IS NULL AND new.kind = 'links' BEGIN
    INSERT INTO revision (tenant, number, numbered) VALUES (new.tenant, 0, 1)
        ON CONFLICT DO UPDATE SET numbered = numbered + 1;
    UPDATE edge SET number = (SELECT r.numbered FROM revision r WHERE r.tenant = new.tenant) WHERE key = new.key;
END;

-- What callers keep word for word: turns of transcripts, values under keys. `body` is JSON.
CREATE TABLE note (
    tenant     TEXT NOT NULL,
    number     INTEGER NOT NULL,
    project    TEXT NOT NULL,
    user       TEXT NOT NULL,
    shelf      TEXT NOT NULL,
    source     TEXT NOT NULL,
    space      TEXT NOT NULL,
    name       TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, number)
) WITHOUT ROWID;
CREATE INDEX note_place ON note (tenant, user, project, shelf, space, name);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('memory', 'memory_number', '1000000 1000000 1'),
    ('user', 'user_number', '100000 100000 1'),
    ('note', 'note', '1000000 1000000 1'),
    ('note', 'note_place', '1000000 1000000 1000 1000 500 20 1');
ANALYZE sqlite_schema;
