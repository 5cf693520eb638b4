// visible_project //
($every_project OR {a}.project IN $projects)

// of_user //
($end_user IS NULL OR {a}.user IS NULL OR {a}.user = $end_user)

// visible //
// The one place that says which nodes a principal sees of those that have a project and perhaps a user.
({visible_project a} AND {of_user a})

// visible_id //
($every_project OR {a}.id IN $projects)

// visible_user //
({visible_project a} AND ($end_user IS NULL OR {a}.id = $end_user))

// visible_or_shared //
(({a}.project IS NULL OR {visible_project a}) AND {of_user a})

// visible_job //
({visible_or_shared a} AND ($end_user IS NULL OR {a}.end_user IS NULL OR {a}.end_user = $end_user))

// visible_key //
// Keys within what the principal itself may see.
(($every_project OR ({a}.projects IS NOT NULL AND all(p IN {a}.projects WHERE p IN $projects)))
 AND ($end_user IS NULL OR {a}.end_user = $end_user))

// visible_webhook //
// A webhook hears of everybody in its project: who is narrowed to one end user sees none.
({visible_project a} AND $end_user IS NULL)

// live //
// Without an OR, which would be split into two look-ups.
({a}.deleted_at IS NULL AND coalesce({a}.expires_at > $now, true))

// project //
{a}.id AS id, {a}.slug AS slug, {a}.name AS name, {a}.description AS description,
coalesce({a}.metadata, '{}') AS metadata, coalesce({a}.revision, 0) AS revision,
coalesce({a}.content_types, '[]') AS content_types, coalesce({a}.relation_types, '[]') AS relation_types,
{a}.created_at AS created_at, {a}.updated_at AS updated_at, {a}.deleted_at AS deleted_at

// member //
{a}.id AS id, {a}.name AS name, {a}.email AS email, {a}.role AS role, {a}.active AS active,
{a}.created_at AS created_at

// api_key //
{a}.id AS id, {a}.name AS name, {a}.scopes AS scopes, {a}.projects AS projects, {a}.end_user AS end_user,
{a}.member AS member, {a}.digest AS digest, {a}.last_four AS last_four, coalesce({a}.beginning, '') AS beginning, {a}.created_at AS created_at,
{a}.expires_at AS expires_at, {a}.revoked_at AS revoked_at, {a}.last_used_at AS last_used_at

// user //
{a}.id AS id, {a}.project AS project, {a}.external_id AS external_id, {a}.name AS name, {a}.metadata AS metadata,
{a}.created_at AS created_at, {a}.number AS number

// agent //
{a}.id AS id, {a}.project AS project, {a}.external_id AS external_id, {a}.name AS name, {a}.created_at AS created_at

// note //
{a}.number AS number, {a}.project AS project, {a}.user AS user, {a}.shelf AS shelf, {a}.source AS source,
{a}.space AS space, {a}.name AS name, {a}.body AS body, {a}.created_at AS created_at, {a}.updated_at AS updated_at

// session //
{a}.id AS id, {a}.project AS project, {a}.user AS user, {a}.external_id AS external_id,
{a}.started_at AS started_at, {a}.created_at AS created_at

// source //
{a}.id AS id, {a}.project AS project, {a}.user AS user, {a}.kind AS kind, {a}.uri AS uri, {a}.title AS title,
{a}.created_at AS created_at

// job //
{a}.id AS id, {a}.name AS name, {a}.project AS project, {a}.user AS user, {a}.arguments AS arguments,
{a}.actor AS actor, {a}.credential AS credential, {a}.end_user AS end_user, {a}.state AS state, {a}.stage AS stage,
{a}.done AS done, {a}.total AS total, {a}.attempts AS attempts, {a}.max_attempts AS max_attempts,
{a}.fence AS fence, {a}.due_at AS due_at, {a}.leased_until AS leased_until, {a}.error AS error,
{a}.error_code AS error_code, {a}.result AS result, {a}.created_at AS created_at, {a}.updated_at AS updated_at,
{a}.finished_at AS finished_at

// webhook //
{a}.id AS id, {a}.project AS project, {a}.url AS url, {a}.events AS events, {a}.description AS description,
{a}.headers AS headers, {a}.active AS active, {a}.form AS form, {a}.secret AS secret, {a}.heard AS heard,
{a}.created_at AS created_at, {a}.updated_at AS updated_at

// event //
{a}.tenant AS tenant, {a}.revision AS revision, {a}.at AS at, {a}.actor AS actor, {a}.kind AS kind,
{a}.subject AS subject, {a}.project AS project, {a}.user AS user, {a}.data AS data

// memory //
// By place and not by name: lists of memories are the hot path.
[{a}.id, {a}.project, {a}.text, {a}.user, {a}.agent, {a}.session, {a}.source, {a}.position, {a}.role, {a}.speaker,
 {a}.title, {a}.summary, {a}.kind, {a}.type, {a}.categories, {a}.tags, {a}.files, {a}.keypath, {a}.importance,
 {a}.layer, {a}.expires_at, {a}.status, {a}.skip_reason, {a}.metadata, {a}.occurred_at, {a}.valid_from,
 {a}.valid_to, {a}.created_at, {a}.updated_at, {a}.version, {a}.deleted_at]

// entity //
{a}.id AS id, {a}.project AS project, {a}.user AS user, {a}.name AS name, {a}.type AS type, {a}.aliases AS aliases,
{a}.description AS description, {a}.created_at AS created_at, {a}.updated_at AS updated_at, {a}.merged_into AS merged_into

// entity_row //
{a} {.id, .project, .user, .name, .type, .aliases, .description, .created_at, .updated_at, .merged_into, sort: {a}.folded}

// merge //
{a} {.id, .target, .project, .user, .actor, .at, .reason, .record, sort: {a}.at}

// decision //
{a} {.id, .project, .user, .newer, .older, .why, .confidence, .opened_at, .outcome, .reason, .ended_at, .settled_at,
 .settled_by, sort: {a}.opened_at}

// mention //
// For an edge from a memory to an entity.
{source: startNode({a}).id, target: endNode({a}).id, weight: {a}.weight, spans: {a}.spans}

// relation //
{relation: {a}.relation, source: startNode({a}).id, target: endNode({a}).id, type: {a}.type, weight: {a}.weight,
 valid_from: {a}.valid_from, valid_to: {a}.valid_to, evidence: {evidence a}}

// supported //
// An entity that was never mentioned, or is mentioned by a memory that lives and is visible.
(NOT EXISTS { ({a})<-[:MENTIONS]-() }
 OR EXISTS { MATCH ({a})<-[:MENTIONS]-(y:Memory) WHERE y.tenant = $tenant AND {visible y} AND {live y} })

// known //
// A relation that was put without evidence, or that a memory supports which lives and is visible.
(size({a}.evidence) = 0 OR EXISTS {
  UNWIND {a}.evidence AS told
  MATCH (y:Memory {tenant: $tenant, id: told}) WHERE {visible y} AND {live y}
})

// evidence //
COLLECT {
  UNWIND {a}.evidence AS told
  MATCH (y:Memory {tenant: $tenant, id: told}) WHERE {visible y} AND {live y}
  RETURN told
}


// cluster //
{a}.id AS id, {a}.project AS project, {a}.user AS user, {a}.name AS name, {a}.keywords AS keywords, {a}.terms AS terms,
{a}.weight AS weight, {a}.cohesion AS cohesion, {a}.created_at AS created_at, {a}.updated_at AS updated_at
