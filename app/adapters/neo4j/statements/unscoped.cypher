// The statements that cross tenants: for the directory, the keeper and migrations only.

// schema_version //
MATCH (s:Schema {name: 'mnemograph'}) RETURN coalesce(s.version, 0) AS version

// schema_note //
MERGE (s:Schema {name: 'mnemograph'})
SET s.version = CASE WHEN s.version > $version THEN s.version ELSE $version END

// strangers //
// A database without a schema of ours should hold nothing.
MATCH (n) WHERE NOT n:Schema RETURN true AS found LIMIT 1

// indexes_await //
CALL db.awaitIndexes(60)

// key_owner //
MATCH (k:ApiKey {id: $id})
OPTIONAL MATCH (m:Member {tenant: k.tenant, id: k.member})
RETURN {api_key k}, k.tenant AS tenant, coalesce(m.active, k.member IS NULL) AS member_active

// key_touch //
MATCH (k:ApiKey {id: $id})
SET k.last_used_at = CASE WHEN k.last_used_at > $at THEN k.last_used_at ELSE $at END

// organizations //
MATCH (o:Organization)
RETURN o.id AS id, o.name AS name, o.created_at AS created_at ORDER BY created_at, id

// organization_found //
MERGE (o:Organization {id: $id})
ON CREATE SET o += $values

// organization_first //
// Whoever writes to the schema's node holds its lock: one founder at a time.
MERGE (s:Schema {name: 'mnemograph'})
SET s.asked = $id
WITH s
WHERE NOT EXISTS { MATCH (:Organization) }
CREATE (o:Organization {id: $id})
SET o += $values

// tenants_expired //
MATCH (m:Memory) WHERE m.expiring <= $now
WITH m.tenant AS tenant, min(m.expiring) AS since
RETURN tenant ORDER BY since, tenant LIMIT $limit

// tenants_due //
CALL () {
  MATCH (j:Job) WHERE j.state = 'PENDING' AND j.due_at <= $now
  RETURN j.tenant AS tenant, min(j.due_at) AS due
  UNION ALL
  MATCH (j:Job) WHERE j.state = 'PROCESSING' AND j.leased_until <= $now
  RETURN j.tenant AS tenant, min(j.due_at) AS due
}
RETURN tenant, min(due) AS due ORDER BY due, tenant LIMIT $limit

// tenants_news //
MATCH (w:Webhook) WHERE w.active = true
MATCH (l:Ledger {tenant: w.tenant}) WHERE l.revision > w.heard
RETURN DISTINCT w.tenant AS tenant ORDER BY tenant LIMIT $limit

// ledgers //
WITH timestamp() AS looked
OPTIONAL MATCH (l:Ledger) WHERE l.changed_at >= $since
RETURN looked, collect(l {.tenant, .revision}) AS ledgers

// events_beyond //
UNWIND $ahead AS one
CALL (one) {
  MATCH (e:Event) WHERE e.tenant = one.tenant AND e.revision > one.revision
  RETURN e ORDER BY e.tenant, e.revision LIMIT $share
}
OPTIONAL MATCH (u:User {tenant: e.tenant, id: e.user})
RETURN {event e}, u.external_id AS about ORDER BY e.tenant, e.revision

// time //
WITH datetime.realtime() AS t RETURN t.epochSeconds * 1000000 + t.microsecond AS now

// version //
CALL dbms.components() YIELD name, versions, edition
RETURN versions[0] AS version, edition ORDER BY name = 'Neo4j Kernel' DESC LIMIT 1

// counts //
RETURN COUNT { MATCH (:Organization) } AS organizations,
       COUNT { MATCH (:Project) } AS projects,
       COUNT { MATCH (:User) } AS users,
       COUNT { MATCH (:Memory) } AS memories,
       COUNT { MATCH (:Version) } AS versions,
       COUNT { MATCH (:Entity) } AS entities,
       COUNT { MATCH ()-[:MENTIONS]->() } AS mentions,
       COUNT { MATCH ()-[:LINKS]->() } AS links,
       COUNT { MATCH ()-[:RELATES]->() } AS relations,
       COUNT { MATCH (:Job) } AS jobs,
       COUNT { MATCH (:Event) } AS events,
       COUNT { MATCH (:Mark) } AS marks,
       COUNT { MATCH (j:Job) WHERE j.state = 'FAILED' AND j.due_at IS NOT NULL AND j.attempts >= j.max_attempts } AS `parked jobs`

// indexes //
SHOW INDEXES YIELD name, state

// databases_amiss //
SHOW DATABASES YIELD name, access, currentStatus
WHERE currentStatus <> 'online' OR (access <> 'read-write' AND name <> 'system')
RETURN name, access, currentStatus AS status

// events_told //
MATCH (l:Ledger) WHERE l.changed_at >= 0 RETURN coalesce(sum(l.revision), 0) AS number

// events_kept //
MATCH (e:Event) RETURN count(e) AS number
