-- int8, `width` numbers a token, tokens in order; beside the row in `vector` that the same reading made.
CREATE TABLE token_vectors (
    memory INTEGER PRIMARY KEY REFERENCES memory (key) ON DELETE CASCADE,
    model  TEXT NOT NULL,
    width  INTEGER NOT NULL,
    data   BLOB NOT NULL
);

-- A question's names are looked up among those who speak.
CREATE INDEX memory_speaker ON memory (tenant, speaker) WHERE speaker IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('token_vectors', NULL, '1000000'),
    ('memory', 'memory_speaker', '1000000 1000000 500');
ANALYZE sqlite_schema;
