// What was said of a memory, numbered from 1; the memory holds the sum.

CREATE CONSTRAINT feedback_number IF NOT EXISTS FOR (n:Feedback) REQUIRE (n.tenant, n.memory, n.number) IS UNIQUE;

// Working memory that will have to be forgotten, or has to be by now, says when in `expiring`; no other memory has it.
CREATE INDEX memory_expiring IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.expiring);
CREATE INDEX memory_expiring_anywhere IF NOT EXISTS FOR (n:Memory) ON (n.expiring);
MATCH (m:Memory) WHERE m.layer = 'TASK' AND m.deleted_at IS NULL AND m.expires_at IS NOT NULL
SET m.expiring = m.expires_at;
