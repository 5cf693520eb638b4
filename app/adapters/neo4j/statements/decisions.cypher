// decisions_by_ids //
MATCH (n:Memory)-[d:DECIDES]->(o:Memory) WHERE d.tenant = $tenant AND d.id IN $ids AND {visible d}
RETURN collect({decision d}) AS rows

// decisions_page //
MATCH (n:Memory)-[d:DECIDES]->(o:Memory) USING INDEX d:DECIDES(tenant, opened_at, id)
WHERE d.tenant = $tenant AND {visible d}
  AND ($project IS NULL OR d.project = $project) AND ($user IS NULL OR d.user = $user)
  AND ($open IS NULL OR $open = (d.outcome IS NULL)) {after}
WITH d {page}
RETURN collect({decision d}) AS rows

// decisions_count //
MATCH (n:Memory)-[d:DECIDES]->(o:Memory) USING INDEX d:DECIDES(tenant, opened_at, id)
WHERE d.tenant = $tenant AND d.opened_at IS NOT NULL AND d.id IS NOT NULL AND {visible d}
  AND ($project IS NULL OR d.project = $project) AND ($user IS NULL OR d.user = $user)
  AND ($open IS NULL OR $open = (d.outcome IS NULL))
RETURN count(d) AS counted

// decisions_between //
MATCH (n:Memory) WHERE n.tenant = $tenant AND n.id IN $ids
WITH n, COLLECT { MATCH (n)-[d:DECIDES]->(:Memory) WHERE {visible d} RETURN {decision d} ORDER BY d.older } AS found
RETURN collect({of: n.id, found: found}) AS rows

// decisions_put //
UNWIND $records AS r
MATCH (n:Memory {tenant: $tenant, id: r.newer}) WHERE {visible n}
CALL (n, r) {
  MATCH (o:Memory {tenant: $tenant, id: r.older}) WHERE {visible o}
  MERGE (n)-[d:DECIDES {tenant: $tenant, id: r.id}]->(o)
  SET d += r
  RETURN d
}
RETURN count(d) AS written
