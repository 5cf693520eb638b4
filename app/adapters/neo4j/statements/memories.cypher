// memories_by_ids //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m}
RETURN collect({id: m.id, memory: {memory m}}) AS rows

// memories_by_numbers //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.number IN $numbers AND {visible m}
RETURN m.number AS number, m.id AS id

// link_numbers //
MATCH (s:Memory) WHERE s.tenant = $tenant AND s.id IN $sources AND {visible s}
MATCH (s)-[e:LINKS]->(t:Memory) WHERE t.id IN $targets AND t.tenant = $tenant AND {visible t}
RETURN s.id AS source, t.id AS target, e.type AS type, e.number AS number

// memories_page //
// What is asked of many is read first, the rest only of those that are shown: of a node taken out of a list nothing
// can be read ahead.
{from} AND m.tenant = $tenant AND {visible m} {where} {after}
WITH m, {sort} AS sort {page}
WITH collect({node: m, sort: sort}) AS shown
UNWIND shown AS one
WITH one.node AS m, one.sort AS sort
RETURN collect({id: m.id, memory: {memory m}, sort: sort}) AS rows

// memories_count //
{from} AND m.tenant = $tenant AND {visible m} {where}
RETURN count(m) AS number

// labels_category //
{from} AND m.tenant = $tenant AND {visible m} {where}
UNWIND m.categories AS value
RETURN value, count(*) AS number ORDER BY number DESC, value

// labels_kind //
{from} AND m.tenant = $tenant AND {visible m} {where}
WITH m.kind AS value WHERE value IS NOT NULL
RETURN value, count(*) AS number ORDER BY number DESC, value

// labels_tag //
{from} AND m.tenant = $tenant AND {visible m} {where}
UNWIND m.tags AS value
RETURN value, count(*) AS number ORDER BY number DESC, value

// labels_type //
{from} AND m.tenant = $tenant AND {visible m} {where}
WITH m.type AS value WHERE value IS NOT NULL
RETURN value, count(*) AS number ORDER BY number DESC, value

// tally_user //
{from} AND m.tenant = $tenant AND {visible m} {where}
UNWIND [m.user] AS value
WITH value, m.user AS user, m WHERE value IS NOT NULL
RETURN value, user, count(m) AS memories, sum((m.version + 1) / 2) AS rounds, min(m.created_at) AS first_at,
       max(m.updated_at) AS last_at
ORDER BY value, user IS NOT NULL, user

// tally_agent //
{from} AND m.tenant = $tenant AND {visible m} {where}
UNWIND [m.agent] AS value
WITH value, null AS user, m WHERE value IS NOT NULL
RETURN value, user, count(m) AS memories, sum((m.version + 1) / 2) AS rounds, min(m.created_at) AS first_at,
       max(m.updated_at) AS last_at
ORDER BY value, user IS NOT NULL, user

// tally_category //
{from} AND m.tenant = $tenant AND {visible m} {where}
UNWIND m.categories AS value
WITH value, m.user AS user, m WHERE value IS NOT NULL
RETURN value, user, count(m) AS memories, sum((m.version + 1) / 2) AS rounds, min(m.created_at) AS first_at,
       max(m.updated_at) AS last_at
ORDER BY value, user IS NOT NULL, user

// versions_page //
MATCH (m:Memory {tenant: $tenant, id: $memory}) WHERE {visible m}
WITH m
MATCH (v:Version) WHERE v.tenant = $tenant AND v.memory = m.id AND {visible v} {after}
RETURN v.version AS sort, v.memory AS id, v.version AS version, v.revision AS revision, v.recorded_at AS recorded_at,
       v.actor AS actor, v.snapshot AS snapshot {page}

// usage_by_ids //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m} AND m.access_count IS NOT NULL
RETURN collect(m {.id, .access_count, .last_accessed_at, feedback: coalesce(m.feedback, 0.0)}) AS rows

// attached //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m}
OPTIONAL MATCH (u:User) WHERE u.tenant = $tenant AND u.id = m.user AND {visible_user u}
OPTIONAL MATCH (a:Agent) WHERE a.tenant = $tenant AND a.id = m.agent AND {visible_project a}
OPTIONAL MATCH (s:Session) WHERE s.tenant = $tenant AND s.id = m.session AND {visible s}
RETURN collect({id: m.id, number: m.number, user: u.external_id, user_number: u.number, agent: a.external_id,
                session: s.external_id, access_count: coalesce(m.access_count, 0),
                last_accessed_at: m.last_accessed_at, feedback: coalesce(m.feedback, 0.0)}) AS rows

// feedback_page //
MATCH (m:Memory {tenant: $tenant, id: $memory}) WHERE {visible m}
WITH m
MATCH (f:Feedback) WHERE f.tenant = $tenant AND f.memory = m.id {after}
RETURN f.number AS sort, f.memory AS id, f.number AS number, f.value AS value, f.reason AS reason, f.actor AS actor,
       f.at AS at {page}

// same_text //
UNWIND $digests AS digest
CALL (digest) {
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.digest = digest AND m.project = $project
    AND coalesce(m.user, '') = coalesce($user, '') AND {visible m} AND {live m}
  RETURN m.id AS id ORDER BY m.expires_at IS NOT NULL, m.created_at, m.id LIMIT 1
}
RETURN digest, id

// same_words //
UNWIND $digests AS digest
CALL (digest) {
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.digest = digest AND m.project = $project AND {visible m} AND {live m}
  WITH m ORDER BY m.created_at, m.id LIMIT 100
  RETURN collect(m.id) AS ids
}
RETURN digest, ids

// derived_only //
// Memories that come from the given ones and from no other of this life, and summaries of any of them.
MATCH (t:Memory) WHERE t.tenant = $tenant AND t.id IN $ids
MATCH (t)<-[e:LINKS]-(m:Memory)
WHERE (e.type IN ['derived_from', 'detail_of'] OR e.type = 'summary_of' AND m.type = 'summary')
  AND NOT m.id IN $ids AND m.tenant = $tenant AND {visible m}
WITH m, collect(e.type) AS types
WHERE 'summary_of' IN types OR NOT EXISTS {
  MATCH (m)-[o:LINKS]->(n:Memory)
  WHERE o.type IN ['derived_from', 'detail_of'] AND NOT n.id IN $ids AND n.tenant = $tenant
    AND ($living IS NULL OR {live n} = $living)
}
RETURN DISTINCT m.id AS id ORDER BY id

// at_positions //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.source = $source AND m.place IN $positions AND {visible m}
RETURN m.place AS position, min(m.id) AS id

// last_position //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.session = $session AND m.place >= 0 AND {visible m}
RETURN m.place AS position ORDER BY m.tenant DESC, m.session DESC, m.place DESC LIMIT 1

// links_of //
// Each link once from either end; the other end must live and be visible, and so must this one.
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m} AND {live m}
WITH m.id AS of, COLLECT {
  MATCH (m)-[e:LINKS]-(o:Memory) WHERE o.tenant = $tenant AND {visible o} AND {live o}
  RETURN e {source: startNode(e).id, target: endNode(e).id, .type, .weight, .recorded_at, .reason} AS link
  ORDER BY link.weight DESC, link.source, link.target, link.type LIMIT 100
} AS found
RETURN collect({of: of, found: found}) AS rows

// mentioned_by //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m}
WITH m.id AS of, COLLECT {
  MATCH (m)-[e:MENTIONS]->(n:Entity) WHERE n.tenant = $tenant AND {visible n}
  WITH e, n ORDER BY e.weight DESC, n.id LIMIT 100
  RETURN {mention: {mention e}, entity: {entity_row n}}
} AS found
RETURN collect({of: of, found: found}) AS rows

// expired //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.expiring <= $now AND {visible m}
WITH m ORDER BY m.expiring, m.id LIMIT $limit
RETURN collect({memory: {memory m}}) AS rows

// session_turns //
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.session = $session AND m.place >= $start AND m.place < $stop AND m.place >= 0
  AND {visible m} AND {live m}
WITH m ORDER BY m.position, m.id
RETURN collect({memory: {memory m}}) AS rows

// memories_present //
// What a write must know of what it would replace, invisible ones included.
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids
RETURN m.id AS id, m.version AS version, {visible m} AS visible

// memories_put //
// Those out of sight are left as they are, and not counted. A vector goes with the text that it was made of; words that
// are replaced go to the version that had them.
MATCH (l:Ledger {tenant: $tenant})
SET l.numbered = coalesce(l.numbered, 0) + size($memories)
WITH l.numbered - size($memories) AS last
UNWIND range(0, size($memories) - 1) AS place
WITH last + place + 1 AS number, $memories[place] AS r
MERGE (m:Memory {tenant: $tenant, id: r.values.id})
ON CREATE SET m.project = r.values.project, m.user = r.values.user, m.number = number
WITH m, r WHERE {visible m}
CALL (m, r) {
  WITH m, r WHERE m.words <> r.values.words
  MATCH (p:Version {tenant: $tenant, memory: m.id, version: m.version})
  SET p.words = m.words, p.scope = m.scope
}
SET m.vector = CASE WHEN m.text = r.values.text THEN m.vector END
SET m += r.values
MERGE (v:Version {tenant: $tenant, memory: m.id, version: r.values.version})
SET v.project = m.project, v.user = m.user, v.recorded_at = $now, v.revision = $revision, v.actor = $actor,
    v.snapshot = r.snapshot
RETURN count(v) AS written

// vectors_put //
UNWIND $vectors AS r
OPTIONAL MATCH (m:Memory {tenant: $tenant, id: r.id}) WHERE {visible m}
WITH collect({m: m, r: r}) AS rows, count(m) AS there
WHERE there = size(rows)
UNWIND rows AS one
WITH one.m AS m, one.r AS r
SET m.vector = r.vector, m.vector_model = r.model, m.vector_dimension = r.dimension,
    m.tokens = r.tokens, m.token_width = r.width
RETURN count(m) AS written

// links_put //
UNWIND $links AS r
OPTIONAL MATCH (s:Memory {tenant: $tenant, id: r.source}) WHERE {visible s}
OPTIONAL MATCH (t:Memory {tenant: $tenant, id: r.target}) WHERE {visible t}
WITH collect({s: s, t: t, r: r}) AS rows, count(s) + count(t) AS ends
WHERE ends = 2 * size(rows)
MATCH (l:Ledger {tenant: $tenant})
SET l.numbered = coalesce(l.numbered, 0) + size(rows)
WITH rows, l.numbered - size(rows) AS last
UNWIND range(0, size(rows) - 1) AS place
WITH rows[place].s AS s, rows[place].t AS t, rows[place].r AS r, last + place + 1 AS number
MERGE (s)-[e:LINKS {type: r.type}]->(t)
ON CREATE SET e.recorded_at = r.recorded_at, e.number = number
SET e.weight = r.weight, e.reason = coalesce(r.reason, e.reason)
RETURN count(e) AS written

// link_retire //
MATCH (s:Memory {tenant: $tenant, id: $source}) WHERE {visible s}
MATCH (s)-[e:LINKS {type: $type}]->(t:Memory {tenant: $tenant, id: $target}) WHERE {visible t}
CREATE (s)-[p:LINKED]->(t)
SET p = properties(e), p.retired_at = $now
DELETE e
RETURN count(p) AS retired

// mentions_put //
// What a memory mentions is replaced as a whole; the old becomes the past.
UNWIND $memories AS r
OPTIONAL MATCH (m:Memory {tenant: $tenant, id: r.id}) WHERE {visible m}
WITH m, r, COUNT {
  UNWIND r.mentions AS told
  MATCH (n:Entity {tenant: $tenant, id: told.entity}) WHERE {visible n}
} AS entities
WITH collect({m: m, r: r}) AS rows, count(CASE WHEN m IS NOT NULL AND entities = size(r.mentions) THEN 1 END) AS there
WHERE there = size(rows)
CALL (rows) {
  UNWIND rows AS one
  WITH one.m AS m
  MATCH (m)-[e:MENTIONS]->(n:Entity)
  CREATE (m)-[p:MENTIONED]->(n)
  SET p = properties(e), p.retired_at = $now
  DELETE e
}
CALL (rows) {
  UNWIND rows AS one
  WITH one.m AS m, one.r.mentions AS mentions
  UNWIND mentions AS told
  MATCH (n:Entity {tenant: $tenant, id: told.entity})
  CREATE (m)-[:MENTIONS {weight: told.weight, spans: told.spans, recorded_at: $now}]->(n)
}
RETURN size(rows) AS written

// access_note //
UNWIND $reads AS read
MATCH (m:Memory {tenant: $tenant, id: read.id}) WHERE {visible m}
SET m.access_count = coalesce(m.access_count, 0) + read.times,
    m.last_accessed_at = CASE WHEN m.last_accessed_at > $at THEN m.last_accessed_at ELSE $at END

// feedback_give //
MATCH (m:Memory {tenant: $tenant, id: $memory}) WHERE {visible m}
WITH m, COUNT { MATCH (f:Feedback) WHERE f.tenant = $tenant AND f.memory = $memory AND f.number IS NOT NULL } AS given
CREATE (:Feedback {tenant: $tenant, memory: m.id, number: given + 1, value: $value, reason: $reason, actor: $actor,
                   at: $now})
SET m.access_count = coalesce(m.access_count, 0), m.feedback = coalesce(m.feedback, 0.0) + $value
RETURN m.access_count AS access_count, m.last_accessed_at AS last_accessed_at, m.feedback AS feedback
