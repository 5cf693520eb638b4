// marks_claim //
// Whoever claims holds the outbox until it is done, so that no two take the same; they take the marks in the order
// of ids, as units of work do, so that neither waits for the other in a circle.
MERGE (o:Outbox {name: 'marks'})
SET o.turn = $now
WITH o
MATCH (k:Mark) WHERE k.due <= $now AND (k.lease IS NULL OR k.lease <= $now)
WITH k, k.due AS due ORDER BY due LIMIT $limit
WITH k, due ORDER BY k.tenant, k.memory
SET k.due = $until, k.lease = $until, k.attempts = k.attempts + 1
SET k.held = [k.stamp, k.attempts]
WITH k, due ORDER BY due, k.memory
RETURN collect(k {.tenant, .memory, .stamp, .attempts, .since}) AS rows

// marks_settle //
// Units of work of the tenant wait meanwhile: a mark that is removed must not be one that they are about to set.
MERGE (l:Ledger {tenant: $tenant})
SET l.turn = $now
WITH l
MERGE (o:Outbox {name: 'marks'})
SET o.turn = $now
WITH o
UNWIND $marks AS r
MATCH (k:Mark {tenant: $tenant, memory: r.memory})
WITH k, k.stamp = r.stamp AS done, k.held = [r.stamp, r.attempts] AS ours
FOREACH (x IN CASE WHEN NOT done AND ours THEN [k] ELSE [] END | SET x.due = $now, x.lease = null)
FOREACH (x IN CASE WHEN done THEN [k] ELSE [] END | DELETE x)
RETURN sum(CASE WHEN done THEN 1 ELSE 0 END) AS settled

// marks_postpone //
MERGE (o:Outbox {name: 'marks'})
SET o.turn = $now
WITH o
UNWIND $marks AS r
MATCH (k:Mark {tenant: r.tenant, memory: r.memory}) WHERE k.held = [r.stamp, r.attempts]
WITH k, k.stamp = r.stamp AS same
SET k.lease = null, k.held = null, k.error = $reason, k.due = CASE WHEN same THEN $due ELSE $now END,
    k.dead = CASE WHEN same AND $due IS NULL THEN true END

// marks_revive //
MERGE (o:Outbox {name: 'marks'})
SET o.turn = $now
WITH o
MATCH (k:Mark) WHERE k.dead = true
WITH k ORDER BY k.tenant, k.memory
SET k.dead = null, k.due = $now, k.attempts = 0
RETURN count(k) AS revived

// backlog //
MATCH (k:Mark) WHERE k.due IS NOT NULL
WITH count(k) AS waiting, min(k.since) AS oldest
RETURN waiting, oldest, COUNT { MATCH (d:Mark) WHERE d.dead = true } AS dead

// mark //
MERGE (l:Ledger {tenant: $tenant})
SET l.turn = $now
WITH l
UNWIND $memories AS id
OPTIONAL MATCH (m:Memory {tenant: $tenant, id: id})
OPTIONAL MATCH (k:Mark {tenant: $tenant, memory: id})
WITH id, coalesce(m.stamp, $now) AS stamp, k WHERE k IS NULL
CREATE (:Mark {tenant: $tenant, memory: id, stamp: stamp, since: $now, due: $now, attempts: 0})
RETURN count(id) AS marked

// documents //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids
WITH m, COLLECT {
  MATCH (m)-[:MENTIONS]->(n:Entity) WHERE n.tenant = $tenant RETURN n.id AS id ORDER BY id
} AS entities
RETURN collect({
  id: m.id, memory: {memory m}, stamp: coalesce(m.stamp, 0), vector: m.vector, model: m.vector_model, entities: entities
}) AS rows

// stamps //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids
RETURN collect({id: m.id, stamp: coalesce(m.stamp, 0)}) AS rows

// stamps_after //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id > $after
WITH m ORDER BY m.tenant, m.id LIMIT $limit
RETURN collect({id: m.id, stamp: coalesce(m.stamp, 0)}) AS rows

// tombstones //
MATCH (t:Tombstone) WHERE t.tenant = $tenant AND t.at >= $since
WITH t ORDER BY t.at, t.memory
RETURN collect({memory: t.memory}) AS rows
