// Pages go by key, from the one after `$after`; what puts a record replaces the one that has its key.

// size //
// Edges are counted at the nodes that they lead out of.
RETURN 2 +
       COUNT { MATCH (x:Event) WHERE x.tenant = $tenant AND x.revision > 0 } +
       COUNT { MATCH (x:Member) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Project) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Term) WHERE x.tenant = $tenant AND x.project > '' AND x.folded > '' } +
       COUNT { MATCH (x:ApiKey) WHERE x.tenant = $tenant AND x.created_at > 0 AND x.id > '' } +
       COUNT { MATCH (x:User) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Agent) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Session) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Source) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Note) WHERE x.tenant = $tenant AND x.number > 0 } +
       COUNT { MATCH (x:Version) WHERE x.tenant = $tenant AND x.memory > '' AND x.version > 0 } +
       COUNT { MATCH (x:Feedback) WHERE x.tenant = $tenant AND x.memory > '' AND x.number > 0 } +
       COUNT { MATCH (x:Cluster) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Cluster)<-[:GROUPED]-() WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Spending) WHERE x.tenant = $tenant AND x.day > '' } +
       COUNT { MATCH (x:Webhook) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Job) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Answer) WHERE x.tenant = $tenant AND x.credential > '' AND x.name > '' } +
       COUNT { MATCH (x:Entity) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Entity)-[:RELATES|RELATED|MERGED]->() WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Memory) WHERE x.tenant = $tenant AND x.id > '' } +
       COUNT { MATCH (x:Memory)-[:MENTIONS|MENTIONED|LINKS|LINKED|DECIDES]->() WHERE x.tenant = $tenant AND x.id > '' } AS number

// turn_hold //
// Whoever has written to the ledger holds the tenant's turn; what is written here is never committed.
MERGE (l:Ledger {tenant: $tenant})
SET l.turn = timestamp()
RETURN l.tenant AS tenant

// turn_held //
MATCH (l:Ledger {tenant: $tenant}) RETURN l.turn AS turn

// organization_page //
MATCH (o:Organization {id: $tenant}) WHERE o.id > $after
RETURN o.id AS id, o.name AS name, o.created_at AS created_at

// organization_put //
UNWIND $records AS r
MERGE (o:Organization {id: $tenant})
SET o += r

// organization_drop //
MATCH (o:Organization {id: $tenant})
DELETE o

// ledger_page //
MATCH (o:Organization {id: $tenant}) WHERE o.id > $after
OPTIONAL MATCH (l:Ledger {tenant: $tenant})
RETURN o.id AS id, coalesce(l.revision, 0) AS revision, coalesce(l.numbered, 0) AS numbered

// ledger_put //
UNWIND $records AS r
MERGE (l:Ledger {tenant: $tenant})
SET l.revision = r.revision, l.settled = r.revision, l.numbered = r.numbered, l.changed_at = timestamp()

// ledger_drop //
MATCH (l:Ledger {tenant: $tenant})
DELETE l

// event_page //
MATCH (e:Event) WHERE e.tenant = $tenant AND e.revision > $after
RETURN {event e} ORDER BY e.tenant, e.revision LIMIT $limit

// event_put //
UNWIND $records AS r
MERGE (e:Event {tenant: $tenant, revision: r.revision})
SET e += r

// event_drop //
UNWIND $records AS r
MATCH (e:Event {tenant: $tenant, revision: r.revision})
DELETE e

// member_page //
MATCH (m:Member) WHERE m.tenant = $tenant AND m.id > $after
RETURN {member m} ORDER BY m.tenant, m.id LIMIT $limit

// member_put //
UNWIND $records AS r
MERGE (m:Member {tenant: $tenant, id: r.id})
SET m += r

// member_drop //
UNWIND $records AS r
MATCH (m:Member {tenant: $tenant, id: r.id})
DETACH DELETE m

// project_page //
MATCH (p:Project) WHERE p.tenant = $tenant AND p.id > $after
RETURN {project p} ORDER BY p.tenant, p.id LIMIT $limit

// project_put //
UNWIND $records AS r
MERGE (p:Project {tenant: $tenant, id: r.id})
SET p += r

// project_drop //
UNWIND $records AS r
MATCH (p:Project {tenant: $tenant, id: r.id})
DETACH DELETE p

// term_page //
CALL () {
  MATCH (t:Term) WHERE t.tenant = $tenant AND t.project = $after AND t.folded > $after_part
  RETURN t ORDER BY t.tenant, t.project, t.folded LIMIT $limit
  UNION ALL
  MATCH (t:Term) WHERE t.tenant = $tenant AND t.project > $after AND t.folded IS NOT NULL
  RETURN t ORDER BY t.tenant, t.project, t.folded LIMIT $limit
}
RETURN t.project AS project, t.folded AS folded, t.name AS name, t.type AS type, t.aliases AS aliases
ORDER BY project, folded LIMIT $limit

// term_put //
UNWIND $records AS r
MERGE (t:Term {tenant: $tenant, project: r.project, folded: r.folded})
SET t += r

// term_drop //
UNWIND $records AS r
MATCH (t:Term {tenant: $tenant, project: r.project, folded: r.folded})
DELETE t

// user_page //
MATCH (u:User) WHERE u.tenant = $tenant AND u.id > $after
RETURN {user u} ORDER BY u.tenant, u.id LIMIT $limit

// user_put //
UNWIND $records AS r
MERGE (u:User {tenant: $tenant, id: r.id})
SET u += r

// user_drop //
UNWIND $records AS r
MATCH (u:User {tenant: $tenant, id: r.id})
DETACH DELETE u

// agent_page //
MATCH (a:Agent) WHERE a.tenant = $tenant AND a.id > $after
RETURN {agent a} ORDER BY a.tenant, a.id LIMIT $limit

// agent_put //
UNWIND $records AS r
MERGE (a:Agent {tenant: $tenant, id: r.id})
SET a += r

// agent_drop //
UNWIND $records AS r
MATCH (a:Agent {tenant: $tenant, id: r.id})
DETACH DELETE a

// session_page //
MATCH (s:Session) WHERE s.tenant = $tenant AND s.id > $after
RETURN {session s} ORDER BY s.tenant, s.id LIMIT $limit

// session_put //
UNWIND $records AS r
MERGE (s:Session {tenant: $tenant, id: r.id})
SET s += r

// session_drop //
UNWIND $records AS r
MATCH (s:Session {tenant: $tenant, id: r.id})
DETACH DELETE s

// source_page //
MATCH (s:Source) WHERE s.tenant = $tenant AND s.id > $after
RETURN {source s} ORDER BY s.tenant, s.id LIMIT $limit

// source_put //
UNWIND $records AS r
MERGE (s:Source {tenant: $tenant, id: r.id})
SET s += r

// source_drop //
UNWIND $records AS r
MATCH (s:Source {tenant: $tenant, id: r.id})
DETACH DELETE s

// note_page //
MATCH (n:Note) WHERE n.tenant = $tenant AND n.number > $after
RETURN {note n} ORDER BY n.tenant, n.number LIMIT $limit

// note_put //
UNWIND $records AS r
MERGE (n:Note {tenant: $tenant, number: r.number})
SET n += r

// note_drop //
UNWIND $records AS r
MATCH (n:Note {tenant: $tenant, number: r.number})
DELETE n

// entity_page //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id > $after
RETURN {entity n} ORDER BY n.tenant, n.id LIMIT $limit

// entity_drop //
UNWIND $records AS r
MATCH (n:Entity {tenant: $tenant, id: r.id})
WITH n, n.names AS names, coalesce(n.handles, []) AS handles
DETACH DELETE n
RETURN names, handles

// merge_page //
MATCH (s:Entity)-[g:MERGED]->(t:Entity) WHERE g.tenant = $tenant AND g.id > $after
RETURN g.id AS id, g.target AS target, g.project AS project, g.user AS user, g.actor AS actor, g.at AS at,
       g.reason AS reason, g.record AS record ORDER BY g.tenant, g.id LIMIT $limit

// merge_drop //
UNWIND $records AS r
MATCH (s:Entity {tenant: $tenant, id: r.id})-[g:MERGED]->(:Entity)
DELETE g

// decision_page //
MATCH (n:Memory)-[d:DECIDES]->(o:Memory) WHERE d.tenant = $tenant AND d.id > $after
RETURN d.id AS id, d.project AS project, d.user AS user, d.newer AS newer, d.older AS older, d.why AS why,
       d.confidence AS confidence, d.opened_at AS opened_at, d.outcome AS outcome, d.reason AS reason,
       d.ended_at AS ended_at, d.settled_at AS settled_at, d.settled_by AS settled_by ORDER BY d.tenant, d.id LIMIT $limit

// decision_drop //
UNWIND $records AS r
MATCH (m:Memory {tenant: $tenant, id: r.newer})-[d:DECIDES {id: r.id}]->(:Memory)
DELETE d

// webhook_page //
MATCH (w:Webhook) WHERE w.tenant = $tenant AND w.id > $after
RETURN {webhook w} ORDER BY w.tenant, w.id LIMIT $limit

// webhook_put //
UNWIND $records AS r
MERGE (w:Webhook {tenant: $tenant, id: r.id})
SET w += r

// webhook_drop //
UNWIND $records AS r
MATCH (w:Webhook {tenant: $tenant, id: r.id})
DELETE w

// job_page //
MATCH (j:Job) WHERE j.tenant = $tenant AND j.id > $after
RETURN {job j} ORDER BY j.tenant, j.id LIMIT $limit

// job_put //
UNWIND $records AS r
MERGE (j:Job {tenant: $tenant, id: r.id})
SET j += r

// job_drop //
UNWIND $records AS r
MATCH (j:Job {tenant: $tenant, id: r.id})
DETACH DELETE j

// key_page //
MATCH (k:ApiKey) WHERE k.id > $after AND k.tenant = $tenant
RETURN {api_key k} ORDER BY k.id LIMIT $limit

// key_put //
// A key's id is unique among all tenants: a constraint sees to that.
UNWIND $records AS r
MERGE (k:ApiKey {tenant: $tenant, id: r.id})
SET k += r

// key_drop //
UNWIND $records AS r
MATCH (k:ApiKey {tenant: $tenant, id: r.id})
DELETE k

// memory_page //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id > $after
RETURN m {.id, .number, .project, .text, .user, .agent, .session, .source, .position, .role, .speaker, .title, .summary, .kind,
          .type, .categories, .tags, .files, .keypath, .importance, .layer, .expires_at, .status, .skip_reason,
          .metadata, .occurred_at, .valid_from, .valid_to, .created_at, .updated_at, .version, .deleted_at,
          .vector, vector_model: CASE WHEN m.vector IS NOT NULL THEN m.vector_model END,
          tokens: CASE WHEN m.vector IS NOT NULL THEN m.tokens END,
          token_width: CASE WHEN m.vector IS NOT NULL AND m.tokens IS NOT NULL THEN m.token_width END,
          .access_count, .last_accessed_at, feedback: CASE WHEN m.access_count IS NOT NULL THEN coalesce(m.feedback, 0.0) END
       } AS memory
ORDER BY m.tenant, m.id LIMIT $limit

// memory_put //
UNWIND $records AS r
MERGE (m:Memory {tenant: $tenant, id: r.id})
SET m += r

// version_page //
CALL () {
  MATCH (v:Version) WHERE v.tenant = $tenant AND v.memory = $after AND v.version > $after_part
  RETURN v ORDER BY v.tenant, v.memory, v.version LIMIT $limit
  UNION ALL
  MATCH (v:Version) WHERE v.tenant = $tenant AND v.memory > $after AND v.version IS NOT NULL
  RETURN v ORDER BY v.tenant, v.memory, v.version LIMIT $limit
}
RETURN v.memory AS memory, v.version AS version, v.revision AS revision, v.recorded_at AS recorded_at,
       v.actor AS actor, v.project AS project, v.user AS user, v.snapshot AS snapshot
ORDER BY memory, version LIMIT $limit

// version_put //
UNWIND $records AS r
MERGE (v:Version {tenant: $tenant, memory: r.memory, version: r.version})
SET v += r

// version_drop //
UNWIND $records AS r
MATCH (v:Version {tenant: $tenant, memory: r.memory, version: r.version})
DELETE v

// feedback_page //
CALL () {
  MATCH (f:Feedback) WHERE f.tenant = $tenant AND f.memory = $after AND f.number > $after_part
  RETURN f ORDER BY f.tenant, f.memory, f.number LIMIT $limit
  UNION ALL
  MATCH (f:Feedback) WHERE f.tenant = $tenant AND f.memory > $after AND f.number IS NOT NULL
  RETURN f ORDER BY f.tenant, f.memory, f.number LIMIT $limit
}
RETURN f.memory AS memory, f.number AS number, f.value AS value, f.reason AS reason, f.actor AS actor, f.at AS at
ORDER BY memory, number LIMIT $limit

// feedback_put //
UNWIND $records AS r
MERGE (f:Feedback {tenant: $tenant, memory: r.memory, number: r.number})
SET f += r

// feedback_drop //
UNWIND $records AS r
MATCH (f:Feedback {tenant: $tenant, memory: r.memory, number: r.number})
DELETE f

// cluster_page //
MATCH (c:Cluster) WHERE c.tenant = $tenant AND c.id > $after
RETURN {cluster c}, c.model AS model, c.total AS total ORDER BY c.tenant, c.id LIMIT $limit

// cluster_put //
UNWIND $records AS r
MERGE (c:Cluster {tenant: $tenant, id: r.id})
SET c += r

// cluster_drop //
UNWIND $records AS r
MATCH (c:Cluster {tenant: $tenant, id: r.id})
DETACH DELETE c

// membership_page //
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.id > $after AND EXISTS { (m)-[:GROUPED]->() }
WITH m ORDER BY m.tenant, m.id LIMIT $limit
MATCH (m)-[:GROUPED]->(c:Cluster)
RETURN m.id AS memory, c.id AS cluster ORDER BY memory

// membership_put //
UNWIND $records AS r
MATCH (m:Memory {tenant: $tenant, id: r.memory})
CALL (m) {
  MATCH (m)-[e:GROUPED]->(:Cluster)
  DELETE e
}
WITH m, r
MATCH (c:Cluster {tenant: $tenant, id: r.cluster})
CREATE (m)-[:GROUPED]->(c)

// membership_drop //
UNWIND $records AS r
MATCH (m:Memory {tenant: $tenant, id: r.memory})
MATCH (m)-[e:GROUPED]->(:Cluster)
DELETE e

// mention_page //
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.id > $after AND EXISTS { (m)-[:MENTIONS|MENTIONED]->() }
WITH m ORDER BY m.tenant, m.id LIMIT $limit
MATCH (m)-[e:MENTIONS|MENTIONED]->(n:Entity)
RETURN m.id AS of, n.id AS target, e.weight AS weight, e.spans AS spans, e.recorded_at AS recorded_at,
       e.retired_at AS retired_at ORDER BY of

// mention_drop //
UNWIND $records AS r
MATCH (m:Memory {tenant: $tenant, id: r.of})
MATCH (m)-[e:MENTIONS|MENTIONED]->(:Entity)
DELETE e

// mention_put //
UNWIND $edges AS r
MATCH (m:Memory {tenant: $tenant, id: r.of})
MATCH (n:Entity {tenant: $tenant, id: r.target})
FOREACH (x IN CASE WHEN r.values.retired_at IS NULL THEN [r] ELSE [] END |
  CREATE (m)-[e:MENTIONS]->(n) SET e = x.values)
FOREACH (x IN CASE WHEN r.values.retired_at IS NULL THEN [] ELSE [r] END |
  CREATE (m)-[e:MENTIONED]->(n) SET e = x.values)

// link_page //
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.id > $after AND EXISTS { (m)-[:LINKS|LINKED]->() }
WITH m ORDER BY m.tenant, m.id LIMIT $limit
MATCH (m)-[e:LINKS|LINKED]->(t:Memory)
RETURN m.id AS of, t.id AS target, e.number AS number, e.type AS type, e.weight AS weight, e.reason AS reason,
       e.recorded_at AS recorded_at, e.retired_at AS retired_at ORDER BY of

// link_drop //
UNWIND $records AS r
MATCH (m:Memory {tenant: $tenant, id: r.of})
MATCH (m)-[e:LINKS|LINKED]->(:Memory)
DELETE e

// link_put //
UNWIND $edges AS r
MATCH (m:Memory {tenant: $tenant, id: r.of})
MATCH (t:Memory {tenant: $tenant, id: r.target})
FOREACH (x IN CASE WHEN r.values.retired_at IS NULL THEN [r] ELSE [] END |
  CREATE (m)-[e:LINKS]->(t) SET e = x.values)
FOREACH (x IN CASE WHEN r.values.retired_at IS NULL THEN [] ELSE [r] END |
  CREATE (m)-[e:LINKED]->(t) SET e = x.values)

// relation_page //
MATCH (n:Entity)
WHERE n.tenant = $tenant AND n.id > $after AND EXISTS { (n)-[:RELATES|RELATED]->() }
WITH n ORDER BY n.tenant, n.id LIMIT $limit
MATCH (n)-[e:RELATES|RELATED]->(t:Entity)
RETURN n.id AS of, t.id AS target, e.relation AS relation, e.type AS type, e.weight AS weight,
       e.valid_from AS valid_from, e.valid_to AS valid_to, e.recorded_at AS recorded_at, e.retired_at AS retired_at,
       e.evidence AS evidence ORDER BY of

// relation_drop //
// What memories support is known by the entity that the relation leads out of.
UNWIND $records AS r
MATCH (n:Entity {tenant: $tenant, id: r.of})
CALL (n) {
  MATCH (n)-[e:RELATES|RELATED]->(:Entity)
  DELETE e
}
CALL (n) {
  MATCH (n)<-[p:SUPPORTS]-(:Memory)
  DELETE p
}

// relation_put //
UNWIND $edges AS r
MATCH (n:Entity {tenant: $tenant, id: r.of})
MATCH (t:Entity {tenant: $tenant, id: r.target})
FOREACH (x IN CASE WHEN r.values.retired_at IS NULL THEN [r] ELSE [] END |
  CREATE (n)-[e:RELATES {tenant: $tenant}]->(t) SET e += x.values)
FOREACH (x IN CASE WHEN r.values.retired_at IS NULL THEN [] ELSE [r] END |
  CREATE (n)-[e:RELATED {tenant: $tenant}]->(t) SET e += x.values)
WITH n, r
UNWIND r.values.evidence AS told
MATCH (m:Memory {tenant: $tenant, id: told})
MERGE (m)-[:SUPPORTS {relation: r.values.relation}]->(n)

// answer_page //
CALL () {
  MATCH (a:Answer) WHERE a.tenant = $tenant AND a.credential = $after AND a.name > $after_part
  RETURN a ORDER BY a.tenant, a.credential, a.name LIMIT $limit
  UNION ALL
  MATCH (a:Answer) WHERE a.tenant = $tenant AND a.credential > $after AND a.name IS NOT NULL
  RETURN a ORDER BY a.tenant, a.credential, a.name LIMIT $limit
}
RETURN a.credential AS credential, a.name AS name, a.fingerprint AS fingerprint, a.answer AS answer, a.at AS at
ORDER BY credential, name LIMIT $limit

// answer_put //
UNWIND $records AS r
MERGE (a:Answer {tenant: $tenant, credential: r.credential, name: r.name})
SET a += r

// answer_drop //
UNWIND $records AS r
MATCH (a:Answer {tenant: $tenant, credential: r.credential, name: r.name})
DELETE a

// spending_page //
MATCH (s:Spending) WHERE s.tenant = $tenant AND s.day > $after
RETURN s.day AS day, s.calls AS calls, s.tokens AS tokens ORDER BY s.tenant, s.day LIMIT $limit

// spending_put //
UNWIND $records AS r
MERGE (s:Spending {tenant: $tenant, day: r.day})
SET s += r

// spending_drop //
UNWIND $records AS r
MATCH (s:Spending {tenant: $tenant, day: r.day})
DELETE s
