// merges_by_ids //
MATCH (s:Entity)-[g:MERGED]->(t:Entity) WHERE g.tenant = $tenant AND g.id IN $ids AND {visible g}
RETURN collect({merge g}) AS rows

// merges_page //
MATCH (s:Entity)-[g:MERGED]->(t:Entity) USING INDEX g:MERGED(tenant, at, id)
WHERE g.tenant = $tenant AND {visible g} AND ($project IS NULL OR g.project = $project) {after}
WITH g {page}
RETURN collect({merge g}) AS rows

// merges_into //
MATCH (t:Entity) WHERE t.tenant = $tenant AND t.id IN $ids
WITH t, COLLECT { MATCH (t)<-[g:MERGED]-(:Entity) WHERE {visible g} RETURN {merge g} ORDER BY g.at, g.id } AS found
RETURN collect({of: t.id, found: found}) AS rows

// held //
// What forgotten memories say as well.
MATCH (n:Entity {tenant: $tenant, id: $entity}) WHERE {visible n}
RETURN COLLECT {
  MATCH (n)<-[e:MENTIONS]-(m:Memory) WHERE m.tenant = $tenant AND {visible m} RETURN {mention e} ORDER BY m.id
} AS mentions, COLLECT {
  MATCH (n)-[e:RELATES]-(o:Entity) WHERE o.tenant = $tenant AND {visible o}
  RETURN e {.relation, source: startNode(e).id, target: endNode(e).id, .type, .weight, .valid_from, .valid_to, .evidence}
  ORDER BY e.relation
} AS relations

// mentions_retire //
UNWIND $mentions AS r
MATCH (m:Memory {tenant: $tenant, id: r.memory}) WHERE {visible m}
MATCH (m)-[e:MENTIONS]->(n:Entity {tenant: $tenant, id: r.entity}) WHERE {visible n}
CREATE (m)-[p:MENTIONED]->(n)
SET p = properties(e), p.retired_at = $now
DELETE e
RETURN count(p) AS written

// mentions_add //
UNWIND $mentions AS r
MATCH (m:Memory {tenant: $tenant, id: r.memory}) WHERE {visible m}
CALL (m, r) {
  MATCH (n:Entity {tenant: $tenant, id: r.entity}) WHERE {visible n}
  CREATE (m)-[e:MENTIONS {weight: r.weight, spans: r.spans, recorded_at: $now}]->(n)
  RETURN e
}
RETURN count(e) AS written

// relations_retire //
MATCH (s:Entity)-[e:RELATES]->(t:Entity)
WHERE e.tenant = $tenant AND e.relation IN $ids AND {visible s} AND {visible t}
CREATE (s)-[p:RELATED]->(t)
SET p = properties(e), p.retired_at = $now
DELETE e
RETURN count(p) AS written

// merge_put //
UNWIND $records AS r
MATCH (s:Entity {tenant: $tenant, id: r.id})
CALL (s, r) {
  MATCH (t:Entity {tenant: $tenant, id: r.target})
  MERGE (s)-[g:MERGED {tenant: $tenant, id: r.id}]->(t)
  SET g += r
  RETURN g
}
RETURN count(g) AS written

// merge_drop //
MATCH (s:Entity)-[g:MERGED]->(t:Entity) WHERE g.tenant = $tenant AND g.id = $id AND {visible g}
DELETE g
RETURN count(s) AS written
