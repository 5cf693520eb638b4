// clusters_by_ids //
MATCH (c:Cluster) WHERE c.tenant = $tenant AND c.id IN $ids AND {visible c}
RETURN {cluster c}

// clusters_page //
MATCH (c:Cluster) USING INDEX c:Cluster(tenant, project, updated_at, id)
WHERE c.tenant = $tenant AND c.project = $project AND ($user IS NULL OR c.user = $user) AND {visible c} {after}
  AND COUNT {
    MATCH (c)<-[:GROUPED]-(m:Memory) WHERE m.tenant = $tenant AND {visible m} AND {live m}
  } >= $least
WITH c {page}
RETURN {cluster c}, c.updated_at AS sort

// sizes //
MATCH (c:Cluster) WHERE c.tenant = $tenant AND c.id IN $ids AND {visible c}
RETURN c.id AS id, COUNT {
  MATCH (c)<-[:GROUPED]-(m:Memory) WHERE m.tenant = $tenant AND {visible m} AND {live m}
} AS number

// clusters_of //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m}
MATCH (m)-[:GROUPED]->(c:Cluster)
RETURN m.id AS id, c.id AS cluster

// centres //
MATCH (c:Cluster) USING INDEX c:Cluster(tenant, project, owner)
WHERE c.tenant = $tenant AND c.project = $project AND c.owner = $owner AND {visible c}
WITH c ORDER BY c.created_at, c.id
RETURN {cluster c}, c.model AS model, c.total AS total

// members //
MATCH (m:Memory) USING INDEX m:Memory(tenant, project, created_at, id)
WHERE m.tenant = $tenant AND m.project = $project AND m.created_at IS NOT NULL AND m.id IS NOT NULL
  AND coalesce(m.user, '') = $owner AND m.skip_reason IS NULL AND m.vector IS NOT NULL AND {visible m} AND {live m}
  AND NOT EXISTS {
    MATCH (m)-[e:LINKS]->(:Memory) WHERE e.type IN ['derived_from', 'detail_of', 'summary_of']
  }
WITH m ORDER BY m.created_at DESC, m.id DESC LIMIT $limit
OPTIONAL MATCH (m)-[:GROUPED]->(c:Cluster)
RETURN m.id AS id, c.id AS cluster, m.title AS title, m.text AS text, m.vector_model AS model, m.vector AS data,
       COLLECT { MATCH (m)-[:MENTIONS]->(n:Entity) RETURN n.id } AS entities

// candidates //
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.id IN $ids AND m.skip_reason IS NULL AND m.vector IS NOT NULL AND {visible m} AND {live m}
  AND NOT EXISTS {
    MATCH (m)-[e:LINKS]->(:Memory) WHERE e.type IN ['derived_from', 'detail_of', 'summary_of']
  }
OPTIONAL MATCH (m)-[:GROUPED]->(c:Cluster)
RETURN m.id AS id, c.id AS cluster, m.title AS title, m.text AS text, m.vector_model AS model, m.vector AS data,
       COLLECT { MATCH (m)-[:MENTIONS]->(n:Entity) RETURN n.id } AS entities

// members_of //
MATCH (c:Cluster) WHERE c.tenant = $tenant AND c.id IN $ids
MATCH (c)<-[:GROUPED]-(m:Memory) WHERE m.vector IS NOT NULL AND {visible m} AND {live m}
WITH c, m ORDER BY m.created_at DESC, m.id DESC LIMIT $limit
RETURN m.id AS id, c.id AS cluster, m.title AS title, m.text AS text, m.vector_model AS model, m.vector AS data,
       COLLECT { MATCH (m)-[:MENTIONS]->(n:Entity) RETURN n.id } AS entities

// clusters_put //
// Those out of sight are left as they are, and not counted.
UNWIND $clusters AS r
MERGE (c:Cluster {tenant: $tenant, id: r.id})
ON CREATE SET c.project = r.project, c.user = r.user
WITH c, r WHERE {visible c}
SET c += r, c.total = r.total
RETURN count(c) AS written

// places_put //
// A cluster that a memory leaves loses what it had from its members; without any it goes.
UNWIND $places AS r
MATCH (m:Memory {tenant: $tenant, id: r.memory}) WHERE {visible m}
OPTIONAL MATCH (m)-[e:GROUPED]->(b:Cluster)
OPTIONAL MATCH (c:Cluster {tenant: $tenant, id: r.cluster}) WHERE {visible c}
WITH m, r, e, b, c WHERE r.cluster IS NULL OR c IS NOT NULL AND (b IS NULL OR b.id <> c.id)
FOREACH (x IN CASE WHEN e IS NULL THEN [] ELSE [e] END | DELETE x)
FOREACH (x IN CASE WHEN c IS NULL THEN [] ELSE [c] END | CREATE (m)-[:GROUPED]->(x))
WITH collect(DISTINCT b.id) AS ids
RETURN ids

// clusters_empty //
MATCH (c:Cluster) WHERE c.tenant = $tenant AND c.id IN $ids
SET c.name = '', c.keywords = '[]', c.terms = '[]', c.total = null
WITH c WHERE NOT EXISTS { (c)<-[:GROUPED]-(:Memory) }
DELETE c

// clusters_drop //
MATCH (c:Cluster) WHERE c.tenant = $tenant AND c.id IN $ids AND {visible c}
DETACH DELETE c
