// versions_then //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m}
CALL (m) {
  MATCH (v:Version)
  WHERE v.tenant = $tenant AND v.memory = m.id AND v.version IS NOT NULL AND {visible v}
    AND coalesce(v.revision <= $revision, true) AND coalesce(v.recorded_at <= $recorded, true)
  RETURN v ORDER BY v.version DESC LIMIT 1
}
RETURN m.id AS id, v.version AS version, v.revision AS revision, v.recorded_at AS recorded_at, v.actor AS actor,
       v.snapshot AS snapshot

// versions_exact //
UNWIND $pairs AS pair
MATCH (m:Memory {tenant: $tenant, id: pair[0]}) WHERE {visible m}
WITH m, pair
MATCH (v:Version {tenant: $tenant, memory: m.id, version: pair[1]}) WHERE {visible v}
RETURN v.memory AS memory, v.version AS version, v.revision AS revision, v.recorded_at AS recorded_at,
       v.actor AS actor, v.snapshot AS snapshot

// replaced //
CALL db.index.fulltext.queryNodes('version_words', $match, {limit: $front}) YIELD node AS v, score
WITH v, score WHERE v.tenant = $tenant
MATCH (m:Memory {tenant: $tenant, id: v.memory}) WHERE {visible m} AND coalesce(m.project = $project, true)
WITH m.id AS id, max(score) AS score ORDER BY score DESC, id LIMIT $limit
RETURN collect({id: id}) AS rows

// edges_then //
// Both ends must be visible; whether they lived then, their versions tell.
CALL () {
  CALL () {
    MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m} RETURN m AS n
    UNION ALL
    MATCH (x:Entity) WHERE x.tenant = $tenant AND x.id IN $ids AND {visible x} RETURN x AS n
  }
  MATCH (n)-[e:MENTIONS|MENTIONED|LINKS|LINKED|RELATES|RELATED]-(o)
  WHERE type(e) IN keys($walked) AND e.recorded_at <= $at AND coalesce(e.retired_at > $at, true)
    AND o.tenant = $tenant AND {visible o}
  WITH DISTINCT e, COLLECT {
    UNWIND e.evidence AS told
    MATCH (y:Memory {tenant: $tenant, id: told}) WHERE {visible y}
    RETURN told ORDER BY told
  } AS evidence
  WHERE coalesce(size(e.evidence), 0) = 0 OR size(evidence) > 0
  RETURN [startNode(e).id, endNode(e).id, $walked[type(e)], coalesce(e.type, 'mentions'), e.weight] AS edge, evidence
  UNION
  MATCH (m:Memory) WHERE $about AND m.tenant = $tenant AND m.id IN $ids AND {visible m}
  WITH m
  MATCH (u:User {tenant: $tenant, id: m.user}) WHERE {visible_user u}
  RETURN [m.id, u.id, 'about', 'about', m.importance] AS edge, [] AS evidence
  UNION
  UNWIND $ids AS about
  MATCH (m:Memory) USING INDEX m:Memory(tenant, user, created_at, id)
  WHERE $about AND m.tenant = $tenant AND m.user = about AND m.created_at IS NOT NULL AND m.id IS NOT NULL AND {visible m}
  WITH m
  MATCH (u:User {tenant: $tenant, id: m.user}) WHERE {visible_user u}
  RETURN [m.id, u.id, 'about', 'about', m.importance] AS edge, [] AS evidence
}
WITH edge, evidence ORDER BY edge[4] DESC, edge[0], edge[1], edge[3] LIMIT $limit
RETURN collect({edge: edge, evidence: evidence}) AS rows

// moment //
MATCH (e:Event) WHERE e.tenant = $tenant AND e.revision <= $revision
RETURN e.at AS at ORDER BY e.tenant DESC, e.revision DESC LIMIT 1

// changes //
MATCH (e:Event) USING INDEX e:Event(tenant, revision)
WHERE e.tenant = $tenant AND e.revision > $revision AND coalesce(e.at > $since, true) AND e.kind IN $kinds
  AND coalesce(e.project = $project, $project IS NULL) AND {visible_or_shared e} {after}
WITH e {page}
RETURN e.revision AS sort, e.subject AS id, {event e}
