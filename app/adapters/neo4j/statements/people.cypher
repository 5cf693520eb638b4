// users_by_ids //
MATCH (u:User) WHERE u.tenant = $tenant AND u.id IN $ids AND {visible_user u}
RETURN {user u}

// users_by_external //
MATCH (u:User)
WHERE u.tenant = $tenant AND u.project = $project AND u.external_id IN $ids AND {visible_user u}
RETURN {user u}

// users_page //
MATCH (u:User) USING INDEX u:User(tenant, created_at, id)
WHERE u.tenant = $tenant AND ($project IS NULL OR u.project = $project) AND {visible_user u} {after}
RETURN {user u}, u.created_at AS sort {page}

// user_put //
OPTIONAL MATCH (b:User {tenant: $tenant, id: $id})
OPTIONAL MATCH (t:User {tenant: $tenant, project: $values.project, external_id: $values.external_id})
WITH b IS NULL OR {visible_user b} AS visible, t IS NOT NULL AND t.id <> $id AS taken
CALL (visible, taken) {
  WITH visible, taken WHERE visible AND NOT taken
  MATCH (l:Ledger {tenant: $tenant})
  SET l.numbered = coalesce(l.numbered, 0) + 1
  MERGE (u:User {tenant: $tenant, id: $id})
  ON CREATE SET u.number = l.numbered
  SET u += $values
}
RETURN visible, taken

// user_remove //
MATCH (u:User {tenant: $tenant, id: $id}) WHERE {visible_user u}
CALL (u) {
  MATCH (n:Note) WHERE n.tenant = $tenant AND n.user = u.id AND n.project IS NOT NULL AND n.shelf IS NOT NULL
  DELETE n
}
DETACH DELETE u
RETURN $id AS id

// agents_by_ids //
MATCH (a:Agent) WHERE a.tenant = $tenant AND a.id IN $ids AND {visible_project a}
RETURN {agent a}

// agents_by_external //
MATCH (a:Agent)
WHERE a.tenant = $tenant AND a.project = $project AND a.external_id IN $ids AND {visible_project a}
RETURN {agent a}

// agents_page //
MATCH (a:Agent) USING INDEX a:Agent(tenant, created_at, id)
WHERE a.tenant = $tenant AND ($project IS NULL OR a.project = $project) AND {visible_project a} {after}
RETURN {agent a}, a.created_at AS sort {page}

// agent_put //
OPTIONAL MATCH (b:Agent {tenant: $tenant, id: $id})
OPTIONAL MATCH (t:Agent {tenant: $tenant, project: $values.project, external_id: $values.external_id})
WITH b IS NULL OR {visible_project b} AS visible, t IS NOT NULL AND t.id <> $id AS taken
CALL (visible, taken) {
  WITH visible, taken WHERE visible AND NOT taken
  MERGE (a:Agent {tenant: $tenant, id: $id})
  SET a += $values
}
RETURN visible, taken

// sessions_by_ids //
MATCH (s:Session) WHERE s.tenant = $tenant AND s.id IN $ids AND {visible s}
RETURN {session s}

// sessions_by_external //
MATCH (s:Session)
WHERE s.tenant = $tenant AND s.project = $project AND s.external_id IN $ids AND s.owner = $owner AND {visible s}
RETURN {session s}

// sessions_called //
MATCH (s:Session)
WHERE s.tenant = $tenant AND s.project = $project AND s.external_id IN $names AND s.owner IS NOT NULL AND {visible s}
RETURN {session s} ORDER BY created_at, id

// sessions_page //
MATCH (s:Session) USING INDEX s:Session(tenant, created_at, id)
WHERE s.tenant = $tenant AND ($project IS NULL OR s.project = $project) AND ($user IS NULL OR s.user = $user)
  AND {visible s} {after}
RETURN {session s}, s.created_at AS sort {page}

// session_put //
OPTIONAL MATCH (b:Session {tenant: $tenant, id: $id})
OPTIONAL MATCH (t:Session {tenant: $tenant, project: $values.project, external_id: $values.external_id,
                           owner: $values.owner})
WITH b IS NULL OR {visible b} AS visible, t IS NOT NULL AND t.id <> $id AS taken
CALL (visible, taken) {
  WITH visible, taken WHERE visible AND NOT taken
  MERGE (s:Session {tenant: $tenant, id: $id})
  SET s += $values
}
RETURN visible, taken

// sources_by_ids //
MATCH (s:Source) WHERE s.tenant = $tenant AND s.id IN $ids AND {visible s}
RETURN {source s}

// source_by_uri //
MATCH (s:Source)
WHERE s.tenant = $tenant AND s.project = $project AND s.uri = $uri AND s.owner = $owner AND {visible s}
RETURN {source s}

// sources_page //
MATCH (s:Source) USING INDEX s:Source(tenant, created_at, id)
WHERE s.tenant = $tenant AND ($project IS NULL OR s.project = $project) AND {visible s} {after}
RETURN {source s}, s.created_at AS sort {page}

// source_put //
OPTIONAL MATCH (b:Source {tenant: $tenant, id: $id})
OPTIONAL MATCH (t:Source {tenant: $tenant, project: $values.project, uri: $values.uri, owner: $values.owner})
WITH b IS NULL OR {visible b} AS visible, t IS NOT NULL AND t.id <> $id AS taken
CALL (visible, taken) {
  WITH visible, taken WHERE visible AND NOT taken
  MERGE (s:Source {tenant: $tenant, id: $id})
  SET s += $values
}
RETURN visible, taken
