// entities_by_ids //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $ids AND n.merged_into IS NULL AND {visible n}
RETURN collect({entity_row n}) AS rows

// entities_page //
// An entity that only forgotten or invisible memories mention is not listed.
MATCH (n:Entity) USING INDEX n:Entity(tenant, folded, id)
WHERE n.tenant = $tenant AND n.merged_into IS NULL AND {visible n}
  AND ($project IS NULL OR n.project = $project)
  AND ($user IS NULL OR n.user = $user)
  AND (size($types) = 0 OR n.type IN $types)
  AND ($name IS NULL OR any(name IN n.names WHERE name CONTAINS $name))
  {after}
  AND {supported n}
WITH n {page}
RETURN collect({entity_row n}) AS rows

// entities_count //
MATCH (n:Entity) USING INDEX n:Entity(tenant, folded, id)
WHERE n.tenant = $tenant AND {visible n}
  AND ($project IS NULL OR n.project = $project)
  AND ($user IS NULL OR n.user = $user)
  AND (size($types) = 0 OR n.type IN $types)
  AND ($name IS NULL OR any(name IN n.names WHERE name CONTAINS $name))
  AND n.folded IS NOT NULL AND n.id IS NOT NULL
  AND {supported n}
RETURN count(n) AS number

// entities_alike //
// Of each name asked for, those that share most handles with it.
UNWIND $asked AS a
MATCH (k:Handle) WHERE k.tenant = $tenant AND k.name IN a.handles
MATCH (k)<-[:HANDLED]-(n:Entity) WHERE n.tenant = $tenant AND {visible n}
WITH a.number AS asked, n, count(k) AS number ORDER BY asked, number DESC, n.id
WITH asked, collect({entity_row n})[0..$limit] AS found
RETURN collect({of: asked, found: found}) AS rows

// entities_called //
MATCH (k:Name) WHERE k.tenant = $tenant AND k.folded IN $names
MATCH (k)<-[:NAMED]-(n:Entity)
WHERE n.tenant = $tenant AND {visible n} AND ($project IS NULL OR n.project = $project)
  AND (size($users) = 0 OR n.user IS NULL OR n.user IN $users)
WITH DISTINCT n ORDER BY n.created_at, n.id
RETURN collect({entity_row n}) AS rows

// mentions_by //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $ids AND {visible n}
WITH n.id AS of, COLLECT {
  MATCH (n)<-[e:MENTIONS]-(m:Memory) WHERE m.tenant = $tenant AND {visible m} AND {live m}
  RETURN {mention e} ORDER BY m.created_at DESC, m.id DESC LIMIT $limit
} AS found
RETURN collect({of: of, found: found}) AS rows

// mention_counts //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $ids AND {visible n}
WITH n.id AS id, COUNT {
  MATCH (n)<-[:MENTIONS]-(m:Memory) WHERE m.tenant = $tenant AND {visible m} AND {live m}
} AS number
RETURN collect({id: id, number: number}) AS rows

// relations_of //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $ids AND {visible n}
WITH n.id AS of, COLLECT {
  MATCH (n)-[e:RELATES]-(o:Entity) WHERE o.tenant = $tenant AND {visible o} AND {known e}
  WITH e ORDER BY e.weight DESC, e.relation LIMIT $limit
  RETURN {relation e}
} AS found
RETURN collect({of: of, found: found}) AS rows

// relations_by_ids //
MATCH (s:Entity)-[e:RELATES]->(t:Entity)
WHERE e.tenant = $tenant AND e.relation IN $ids AND {visible s} AND {visible t} AND {known e}
WITH e.relation AS id, {relation e} AS relation
RETURN collect({id: id, relation: relation}) AS rows

// entities_put //
// Those out of sight are left as they are, and not counted.
UNWIND $entities AS r
MERGE (n:Entity {tenant: $tenant, id: r.id})
ON CREATE SET n.project = r.project, n.user = r.user
WITH n, r WHERE {visible n}
SET n += r
WITH n, r
CALL (n, r) {
  MATCH (n)-[o:NAMED]->(k:Name) WHERE NOT k.folded IN r.names
  DELETE o
  WITH DISTINCT k WHERE NOT EXISTS { (k)<-[:NAMED]-() }
  DELETE k
}
CALL (n, r) {
  UNWIND r.names AS folded
  MERGE (k:Name {tenant: $tenant, folded: folded})
  MERGE (n)-[:NAMED]->(k)
}
CALL (n, r) {
  MATCH (n)-[o:HANDLED]->(k:Handle) WHERE NOT k.name IN r.handles
  DELETE o
  WITH DISTINCT k WHERE NOT EXISTS { (k)<-[:HANDLED]-() }
  DELETE k
}
CALL (n, r) {
  UNWIND r.handles AS name
  MERGE (k:Handle {tenant: $tenant, name: name})
  MERGE (n)-[:HANDLED]->(k)
}
RETURN count(n) AS written

// relations_look //
// The ends of relations that are to be, and of those that a write would replace, invisible ones included; and
// whether another relation of the type joins the same two.
UNWIND $relations AS r
OPTIONAL MATCH (s:Entity {tenant: $tenant, id: r.source}) WHERE {visible s}
OPTIONAL MATCH (t:Entity {tenant: $tenant, id: r.target}) WHERE {visible t}
OPTIONAL MATCH (a:Entity)-[e:RELATES]->(b:Entity) WHERE e.tenant = $tenant AND e.relation = r.relation
RETURN s IS NOT NULL AND t IS NOT NULL AND (e IS NULL OR ({visible a} AND {visible b})) AS visible,
       EXISTS { (s)-[o:RELATES]->(t) WHERE o.type = r.type AND NOT o.relation IN $ids } AS taken

// relations_put //
// What is replaced becomes the past. What a memory supports is found from it, so that it can be erased.
CALL () {
  MATCH (s:Entity)-[e:RELATES]->(t:Entity) WHERE e.tenant = $tenant AND e.relation IN $ids
  CREATE (s)-[p:RELATED]->(t)
  SET p = properties(e), p.retired_at = $now
  DELETE e
}
UNWIND $relations AS r
MATCH (s:Entity {tenant: $tenant, id: r.source})
CALL (r, s) {
  MATCH (t:Entity {tenant: $tenant, id: r.target})
  CREATE (s)-[e:RELATES {tenant: $tenant, recorded_at: $now}]->(t)
  SET e += r.values
}
CALL (r, s) {
  UNWIND r.values.evidence AS told
  MATCH (m:Memory {tenant: $tenant, id: told})
  MERGE (m)-[:SUPPORTS {relation: r.relation}]->(s)
}
RETURN count(r) AS written
