// doomed //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids AND {visible m}
RETURN collect({id: m.id, session: m.session, source: m.source, text: m.text, speaker: m.speaker}) AS rows

// first_known //
// No event before the first version of a memory can speak of it.
MATCH (v:Version) WHERE v.tenant = $tenant AND v.memory IN $ids AND v.version IS NOT NULL
RETURN coalesce(min(v.revision), 0) AS revision

// entities_touched //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids
MATCH (m)-[:MENTIONS|MENTIONED]->(n:Entity) WHERE n.tenant = $tenant
RETURN collect(DISTINCT {id: n.id}) AS rows

// evidence_drop //
// Takes the memories out of what relations, current and past, are known from. Those known from no other go.
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids
MATCH (m)-[p:SUPPORTS]->(:Entity)
WITH DISTINCT p.relation AS relation
CALL (relation) {
  MATCH (s:Entity)-[e:RELATES]->(t:Entity) WHERE e.tenant = $tenant AND e.relation = relation RETURN s, e, t
  UNION ALL
  MATCH (s:Entity)-[e:RELATED]->(t:Entity) WHERE e.tenant = $tenant AND e.relation = relation RETURN s, e, t
}
WITH relation, s.id AS source, t.id AS target, e, e.evidence AS evidence, [told IN e.evidence WHERE NOT told IN $ids] AS left
WITH relation, source, target, e, left, size(left) = 0 AND size(evidence) > 0 AS gone
FOREACH (x IN CASE WHEN gone THEN [] ELSE [e] END | SET x.evidence = left)
FOREACH (x IN CASE WHEN gone THEN [e] ELSE [] END | DELETE x)
RETURN collect({relation: relation, source: source, target: target, gone: gone}) AS rows

// memories_drop //
MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids
MERGE (t:Tombstone {tenant: $tenant, memory: m.id})
SET t.at = $now
DETACH DELETE m

// versions_drop //
MATCH (v:Version) WHERE v.tenant = $tenant AND v.memory IN $ids AND v.version IS NOT NULL
DELETE v

// feedback_drop //
MATCH (f:Feedback) WHERE f.tenant = $tenant AND f.memory IN $ids AND f.number IS NOT NULL
DELETE f

// tombstones_drop //
MATCH (t:Tombstone) WHERE t.tenant = $tenant AND t.at < $before
DELETE t

// entities_drop //
// Those that nothing mentions and no relation joins; what else is known of them goes with them.
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $ids
  AND NOT EXISTS { (n)<-[:MENTIONS]-() } AND NOT EXISTS { (n)-[:RELATES]-() }
WITH n, n.id AS id, n.names AS names, coalesce(n.handles, []) AS handles, COLLECT { MATCH (n)-[e:RELATED]-(:Entity) RETURN e.relation } AS relations
DETACH DELETE n
RETURN collect({id: id, names: names, handles: handles, relations: relations}) AS rows

// entities_aliased //
MATCH (n:Entity) WHERE n.tenant = $tenant AND n.id IN $ids AND size(n.aliases) > 0 AND {visible n}
RETURN collect({entity_row n}) AS rows

// names_drop //
MATCH (k:Name) WHERE k.tenant = $tenant AND k.folded IN $names AND NOT EXISTS { (k)<-[:NAMED]-() }
DELETE k

// handles_drop //
MATCH (k:Handle) WHERE k.tenant = $tenant AND k.name IN $names AND NOT EXISTS { (k)<-[:HANDLED]-() }
DELETE k

// sessions_empty_drop //
MATCH (s:Session) WHERE s.tenant = $tenant AND s.id IN $ids AND NOT EXISTS {
  MATCH (m:Memory) WHERE m.tenant = $tenant AND m.session = s.id AND m.place IS NOT NULL
}
DETACH DELETE s

// sources_empty_drop //
MATCH (s:Source) WHERE s.tenant = $tenant AND s.id IN $ids AND NOT EXISTS {
  MATCH (m:Memory) WHERE m.tenant = $tenant AND m.source = s.id AND m.place IS NOT NULL
}
DETACH DELETE s

// events_about_empty //
MATCH (e:Event) WHERE e.tenant = $tenant AND e.subject IN $ids
SET e.data = '{}'

// events_naming //
// The server itself passes over texts without any sign of the ids: most events hold nothing but a number.
MATCH (e:Event) WHERE e.tenant = $tenant AND e.revision > $after
WITH e ORDER BY e.tenant, e.revision LIMIT $limit
RETURN count(e) AS number, max(e.revision) AS last, collect(CASE
  WHEN e.kind <> 'job.updated' AND any(sign IN $signs WHERE e.data CONTAINS sign) THEN {name: e.revision, text: e.data}
END) AS candidates

// events_empty //
MATCH (e:Event) WHERE e.tenant = $tenant AND e.revision IN $names
SET e.data = '{}'

// answers_naming //
MATCH (a:Answer) WHERE a.tenant = $tenant AND a.credential IS NOT NULL AND a.name IS NOT NULL
RETURN collect({name: [a.credential, a.name], text: a.answer}) AS rows

// answers_drop //
UNWIND $names AS name
MATCH (a:Answer {tenant: $tenant, credential: name[0], name: name[1]})
DELETE a

// jobs_naming //
MATCH (j:Job) WHERE j.tenant = $tenant AND j.id > $after
WITH j ORDER BY j.tenant, j.id LIMIT $limit
RETURN count(j) AS number, max(j.id) AS last, collect(CASE
  WHEN any(sign IN $signs WHERE j.arguments CONTAINS sign OR j.result CONTAINS sign)
  THEN {name: j.id, text: j.arguments + ' ' + j.result}
END) AS candidates

// jobs_named //
MATCH (j:Job) WHERE j.tenant = $tenant AND j.id IN $ids
RETURN j.id AS id, j.state AS state, j.arguments AS arguments, j.result AS result

// jobs_redact //
UNWIND $jobs AS r
MATCH (j:Job {tenant: $tenant, id: r.id})
SET j.arguments = r.arguments, j.result = r.result, j.error = null

// job_events //
MATCH (e:Event) WHERE e.tenant = $tenant AND e.subject IN $ids AND e.kind = 'job.updated'
RETURN e.revision AS revision, e.data AS data

// events_replace //
UNWIND $events AS r
MATCH (e:Event {tenant: $tenant, revision: r.revision})
SET e.data = r.data
