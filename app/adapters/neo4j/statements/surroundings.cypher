// glimpses //
// These memories, what they are derived from, and what was said next to them; each once.
MATCH (n:Memory) WHERE n.tenant = $tenant AND n.id IN $ids
OPTIONAL MATCH (n)-[e:LINKS {type: 'derived_from'}]->(s:Memory) WHERE s.tenant = $tenant
WITH collect(DISTINCT n) + collect(DISTINCT s) AS named
UNWIND named AS n
WITH DISTINCT n
CALL (n) {
  RETURN n AS m
  UNION
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.session = n.session AND n.place >= 0 AND m.place >= 0
    AND m.place >= n.place - $reach AND m.place <= n.place + $reach
  RETURN m
}
WITH DISTINCT m
WHERE m.tenant = $tenant AND {visible m} {where}
OPTIONAL MATCH (u:User {tenant: $tenant, id: m.user})
OPTIONAL MATCH (a:Agent {tenant: $tenant, id: m.agent})
RETURN collect({
  glimpse: [m.id, m.version, m.text, m.title, m.summary, m.session, m.position,
            coalesce(m.speaker, CASE WHEN coalesce(m.role, $user_role) = $user_role THEN u.name ELSE a.name END),
            m.occurred_at, m.valid_to, coalesce(m.feedback, 0.0),
            CASE WHEN m.vector_model = $model AND m.vector_dimension = $dimension THEN m.vector END],
  sources: COLLECT {
    MATCH (m)-[e:LINKS {type: 'derived_from'}]->(s:Memory) WHERE s.tenant = $tenant RETURN s.id AS id ORDER BY id
  }
}) AS rows

// speakers //
// "Ada" finds "Ada" and "Ada Lovelace".
UNWIND $names AS name
CALL (name) {
  MATCH (m:Memory) WHERE m.tenant = $tenant AND m.speaker = name AND {visible m} RETURN m.speaker AS speaker LIMIT 1
  UNION
  MATCH (m:Memory) WHERE m.tenant = $tenant AND m.speaker STARTS WITH name + ' ' AND {visible m}
  RETURN m.speaker AS speaker ORDER BY speaker LIMIT 1
}
RETURN DISTINCT speaker ORDER BY speaker

// tokens_of //
// Those of a text that was replaced went with its vector.
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.id IN $ids AND m.tokens IS NOT NULL AND m.vector IS NOT NULL AND m.vector_model = $model
  AND {visible m}
RETURN collect({id: m.id, width: m.token_width, tokens: m.tokens}) AS rows
