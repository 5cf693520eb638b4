// Whole numbers for callers that know things by them: unique in the tenant, given once, never given again.
// A ledger's `numbered` is the last that the tenant has given.

MATCH (l:Ledger) WHERE l.tenant IS NOT NULL
CALL (l) {
  MATCH (m:Memory) WHERE m.tenant = l.tenant AND m.created_at IS NOT NULL AND m.id IS NOT NULL AND m.number IS NULL
  WITH l, m ORDER BY m.created_at, m.id
  WITH l, coalesce(l.numbered, 0) AS last, collect(m) AS found
  UNWIND range(0, size(found) - 1) AS place
  WITH l, last + place + 1 AS number, found[place] AS m
  SET m.number = number, l.numbered = number
};

MATCH (l:Ledger) WHERE l.tenant IS NOT NULL
CALL (l) {
  MATCH (u:User) WHERE u.tenant = l.tenant AND u.created_at IS NOT NULL AND u.id IS NOT NULL AND u.number IS NULL
  WITH l, u ORDER BY u.created_at, u.id
  WITH l, coalesce(l.numbered, 0) AS last, collect(u) AS found
  UNWIND range(0, size(found) - 1) AS place
  WITH l, last + place + 1 AS number, found[place] AS u
  SET u.number = number, l.numbered = number
};

MATCH (l:Ledger) WHERE l.tenant IS NOT NULL
CALL (l) {
  MATCH (m:Memory) WHERE m.tenant = l.tenant AND m.created_at IS NOT NULL AND m.id IS NOT NULL
  MATCH (m)-[e:LINKS|LINKED]->(t:Memory) WHERE e.number IS NULL
  WITH l, e ORDER BY e.recorded_at, m.id, t.id, e.type
  WITH l, coalesce(l.numbered, 0) AS last, collect(e) AS found
  UNWIND range(0, size(found) - 1) AS place
  WITH l, last + place + 1 AS number, found[place] AS e
  SET e.number = number, l.numbered = number
};

CREATE CONSTRAINT memory_number IF NOT EXISTS FOR (n:Memory) REQUIRE (n.tenant, n.number) IS UNIQUE;
CREATE CONSTRAINT note_number IF NOT EXISTS FOR (n:Note) REQUIRE (n.tenant, n.number) IS UNIQUE;
CREATE INDEX note_place IF NOT EXISTS FOR (n:Note) ON (n.tenant, n.user, n.project, n.shelf);
CREATE CONSTRAINT user_number IF NOT EXISTS FOR (n:User) REQUIRE (n.tenant, n.number) IS UNIQUE;
