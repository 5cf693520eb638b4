// words //
// The best of the index, confirmed one by one; `seen` tells whether the index may hold more.
CALL db.index.fulltext.queryNodes('memory_words', $match, {limit: $front}) YIELD node AS m, score
WITH m, score, m.tenant = $tenant AND {visible m} {where} AS kept
WITH count(m) AS seen, collect(CASE WHEN kept THEN [m.id, score] END) AS found
RETURN seen, COLLECT { UNWIND found AS hit RETURN hit ORDER BY hit[1] DESC, hit[0] LIMIT $limit } AS found

// mentioning //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $entities AND {visible n}
MATCH (n)<-[e:MENTIONS]-(m:Memory) WHERE m.tenant = $tenant AND {visible m} {where}
WITH m.id AS id, sum(e.weight) AS score ORDER BY score DESC, id LIMIT $limit
RETURN collect({id: id, score: score}) AS rows

// pending //
// Ids begin with the time they were made, so those of the newest memories come first.
MATCH (k:Mark) WHERE k.tenant = $tenant AND k.memory IS NOT NULL
MATCH (m:Memory {tenant: $tenant, id: k.memory}) WHERE {visible m} {where}
WITH k, m ORDER BY k.tenant DESC, k.memory DESC LIMIT $limit
RETURN collect({id: m.id, vector: m.vector, model: m.vector_model}) AS rows
