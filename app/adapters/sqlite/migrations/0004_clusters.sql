-- What is told of a cluster comes from its members. `total` is the sum of their vectors, float32, little endian; null
-- after one of them left or was erased.
CREATE TABLE cluster (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    project    TEXT NOT NULL,
    user       TEXT,
    name       TEXT NOT NULL,
    keywords   TEXT NOT NULL,
    terms      TEXT NOT NULL,
    weight     INTEGER NOT NULL,
    cohesion   REAL NOT NULL,
    model      TEXT NOT NULL,
    total      BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX cluster_change ON cluster (tenant, project, updated_at, id);
CREATE INDEX cluster_of_user ON cluster (tenant, project, user, id);

CREATE TABLE membership (
    memory  INTEGER PRIMARY KEY REFERENCES memory (key) ON DELETE CASCADE,
    tenant  TEXT NOT NULL,
    cluster TEXT NOT NULL
);
CREATE INDEX membership_cluster ON membership (tenant, cluster);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('cluster', 'cluster', '20000 20000 1'),
    ('cluster', 'cluster_change', '20000 20000 500 1 1'),
    ('cluster', 'cluster_of_user', '20000 20000 500 20 1'),
    ('membership', 'membership_cluster', '1000000 1000000 20');
ANALYZE sqlite_schema;
