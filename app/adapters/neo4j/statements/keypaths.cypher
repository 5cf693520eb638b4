// memories_at //
UNWIND $places AS place
CALL (place) {
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.project = place.project AND m.holder = place.holder AND m.keypath = place.keypath
    AND {visible m}
  RETURN m ORDER BY {live m} DESC, m.updated_at DESC, m.id DESC LIMIT 1
}
RETURN collect({number: place.number, memory: {memory m}}) AS rows

// twigs //
// Paths cut at a level, each once; what lies below them is counted for those that are shown.
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.project = $project AND m.holder = $holder AND m.keypath STARTS WITH $within
  AND {visible m} AND {live m}
WITH m, split(m.keypath, '.') AS names
WITH m, CASE WHEN $levels IS NULL THEN m.keypath
             ELSE reduce(path = names[0], name IN names[1..$levels] | path + '.' + name) END AS path
WITH path, max(CASE WHEN m.keypath = path THEN m.id END) AS memory
WITH {tenant: $tenant, path: path, id: path, memory: memory} AS k
WHERE k.tenant = $tenant {after}
WITH k {page}
RETURN collect({sort: k.path, id: k.id, memory: k.memory, below: COUNT {
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.project = $project AND m.holder = $holder AND m.keypath STARTS WITH k.path + '.'
    AND {visible m} AND {live m}
}}) AS rows

// below //
CALL () {
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.project = $project AND m.holder = $holder AND m.keypath STARTS WITH $within
    AND {visible m} AND {live m}
  RETURN m
  UNION
  MATCH (m:Memory)
  WHERE m.tenant = $tenant AND m.project = $project AND m.holder = $holder AND m.keypath = $prefix
    AND {visible m} AND {live m}
  RETURN m
}
WITH m ORDER BY m.keypath, m.id
RETURN collect({id: m.id}) AS rows

// history //
MATCH (m:Memory)
WHERE m.tenant = $tenant AND m.project = $project AND m.holder = $holder AND m.keypath = $keypath AND {visible m}
WITH m
MATCH (v:Version) WHERE v.tenant = $tenant AND v.memory = m.id AND v.version IS NOT NULL AND {visible v} {after}
WITH v {page}
RETURN v.revision AS sort, v.memory + right('00000000' + toString(v.version), 9) AS id, v.version AS version,
       v.revision AS revision, v.recorded_at AS recorded_at, v.actor AS actor, v.snapshot AS snapshot
