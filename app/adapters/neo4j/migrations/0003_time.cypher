// Memories by their address; `holder` is the user of a memory that has one, or ''.

CREATE INDEX memory_keypath IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.project, n.holder, n.keypath);
MATCH (m:Memory) WHERE m.keypath IS NOT NULL AND m.holder IS NULL SET m.holder = coalesce(m.user, '');

// A version whose text was replaced has its stems as `words`, so that it is found as of then.
CREATE FULLTEXT INDEX version_words IF NOT EXISTS FOR (n:Version) ON EACH [n.words, n.scope]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
