// A question's names are looked up among those who speak.

CREATE INDEX memory_speaker IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.speaker);
