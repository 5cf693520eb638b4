// By what a name may be meant, however it is written. `name` is the project, the user or nobody, and the handle.

CREATE CONSTRAINT handle_name IF NOT EXISTS FOR (n:Handle) REQUIRE (n.tenant, n.name) IS UNIQUE;

// From an entity to the one that took it in; `record` is all that moved, so that it can be taken back.
CREATE CONSTRAINT merge_id IF NOT EXISTS FOR ()-[g:MERGED]-() REQUIRE (g.tenant, g.id) IS UNIQUE;
CREATE INDEX merge_age IF NOT EXISTS FOR ()-[g:MERGED]-() ON (g.tenant, g.at, g.id);

// From the newer to the older of two memories that do not hold together; open while there is no outcome.
CREATE CONSTRAINT decision_id IF NOT EXISTS FOR ()-[d:DECIDES]-() REQUIRE (d.tenant, d.id) IS UNIQUE;
CREATE INDEX decision_age IF NOT EXISTS FOR ()-[d:DECIDES]-() ON (d.tenant, d.opened_at, d.id);

// What is known already gets the handles of its words; the rest of them come when it is next written.
MATCH (n:Entity) WHERE n.tenant IS NOT NULL AND NOT EXISTS { (n)-[:HANDLED]->() }
UNWIND n.names AS folded
UNWIND [word IN split(folded, ' ') WHERE word <> ''] AS word
UNWIND [left(word, 3)] + CASE WHEN size(word) > 2 THEN [left(word, 1) + '-' + right(word, 2)] ELSE [] END AS handle
WITH DISTINCT n, n.project + ' ' + coalesce(n.user, '') + ' ' + handle AS name
MERGE (k:Handle {tenant: n.tenant, name: name})
MERGE (n)-[:HANDLED]->(k)
SET n.handles = coalesce(n.handles, []) + name;
