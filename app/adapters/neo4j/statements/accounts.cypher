// organization //
MATCH (o:Organization {id: $tenant})
RETURN o.id AS id, o.name AS name, o.created_at AS created_at

// projects_by_ids //
MATCH (p:Project) WHERE p.tenant = $tenant AND p.id IN $ids AND {visible_id p}
RETURN {project p}

// project_by_slug //
MATCH (p:Project) WHERE p.tenant = $tenant AND p.slug = $slug AND {visible_id p}
RETURN {project p}

// project_with_users //
MATCH (p:Project) WHERE p.tenant = $tenant AND p.slug = $slug AND {visible_id p}
RETURN {project p}, COLLECT {
  MATCH (u:User)
  WHERE u.tenant = $tenant AND u.project = p.id AND u.external_id IN $ids AND {visible_user u}
  RETURN u {.id, .project, .external_id, .name, .metadata, .created_at, .number}
} AS users

// projects_page //
MATCH (p:Project) USING INDEX p:Project(tenant, created_at, id)
WHERE p.tenant = $tenant AND {visible_id p} {after}
RETURN {project p}, p.created_at AS sort {page}

// project_put //
OPTIONAL MATCH (t:Project {tenant: $tenant, slug: $values.slug})
WITH t IS NOT NULL AND t.id <> $id AS taken
CALL (taken) {
  WITH taken WHERE NOT taken
  MERGE (p:Project {tenant: $tenant, id: $id})
  SET p += $values
}
RETURN true AS visible, taken

// members_by_ids //
MATCH (m:Member) WHERE m.tenant = $tenant AND m.id IN $ids
RETURN {member m}

// members_page //
MATCH (m:Member) USING INDEX m:Member(tenant, created_at, id)
WHERE m.tenant = $tenant {after}
RETURN {member m}, m.created_at AS sort {page}

// member_put //
MERGE (m:Member {tenant: $tenant, id: $values.id})
SET m += $values

// keys_by_ids //
MATCH (k:ApiKey) WHERE k.tenant = $tenant AND k.id IN $ids AND {visible_key k}
RETURN {api_key k}

// keys_page //
MATCH (k:ApiKey) USING INDEX k:ApiKey(tenant, created_at, id)
WHERE k.tenant = $tenant AND {visible_key k} {after}
RETURN {api_key k}, k.created_at AS sort {page}

// key_put //
// A key leads to its tenant, so its id is unique among all tenants: another one's is taken, whoever asks.
OPTIONAL MATCH (b:ApiKey {tenant: $tenant, id: $id})
OPTIONAL MATCH (t:ApiKey {id: $id}) WHERE t.tenant <> $tenant
WITH b IS NULL OR {visible_key b} AS visible, t IS NOT NULL AS taken
CALL (visible, taken) {
  WITH visible, taken WHERE visible AND NOT taken
  MERGE (k:ApiKey {tenant: $tenant, id: $id})
  SET k += $values
}
RETURN visible, taken

// vocabulary_page //
MATCH (t:Term) WHERE t.tenant = $tenant AND t.project = $project AND {visible_project t} {after}
RETURN t.folded AS sort, t.folded AS id, t.name AS name, t.type AS type, t.aliases AS aliases {page}

// vocabulary_terms //
MATCH (t:Term) WHERE t.tenant = $tenant AND t.project = $project AND t.folded IS NOT NULL AND {visible_project t}
WITH t ORDER BY t.folded
RETURN collect(t {.name, .type, .aliases}) AS rows

// vocabulary_drop //
MATCH (t:Term) WHERE t.tenant = $tenant AND t.project = $project AND t.folded IS NOT NULL
DELETE t

// vocabulary_put //
UNWIND $terms AS r
CREATE (t:Term {tenant: $tenant, project: $project})
SET t += r
