// jobs_by_ids //
MATCH (j:Job) WHERE j.tenant = $tenant AND j.id IN $ids AND {visible_job j}
RETURN {job j}

// jobs_page //
MATCH (j:Job) USING INDEX j:Job(tenant, created_at, id)
WHERE j.tenant = $tenant AND {visible_job j}
  AND ($project IS NULL OR j.project = $project)
  AND (size($states) = 0 OR j.state IN $states)
  AND (size($names) = 0 OR j.name IN $names)
  AND ($parked IS NULL OR (j.state = 'FAILED' AND j.attempts >= j.max_attempts) = $parked)
  {after}
RETURN {job j}, j.created_at AS sort {page}

// jobs_put //
// All of them or none: none may be out of sight, or have been claimed since it was read.
UNWIND $jobs AS values
OPTIONAL MATCH (j:Job {tenant: $tenant, id: values.id})
WITH collect(values) AS all_values, count(CASE WHEN NOT {visible_job j} THEN 1 END) AS hidden,
     collect(CASE WHEN values.fence < j.fence THEN j.id END) AS taken
CALL (all_values, hidden, taken) {
  UNWIND CASE WHEN hidden = 0 AND size(taken) = 0 THEN all_values ELSE [] END AS values
  MERGE (j:Job {tenant: $tenant, id: values.id})
  SET j += values
}
RETURN hidden, taken

// jobs_due //
// Of those that wait no more are read than are asked for; leases that ran out are few.
CALL () {
  MATCH (j:Job) USING INDEX j:Job(tenant, state, due_at, id)
  WHERE j.tenant = $tenant AND j.state = 'PENDING' AND j.due_at <= $at AND j.id IS NOT NULL AND {visible_job j}
  RETURN j ORDER BY j.tenant, j.state, j.due_at, j.id LIMIT $window
  UNION ALL
  MATCH (j:Job) USING INDEX j:Job(state, leased_until)
  WHERE j.tenant = $tenant AND j.state = 'PROCESSING' AND j.leased_until <= $at AND {visible_job j}
  RETURN j
}
RETURN j.id AS id, j.name AS name, j.actor AS actor, j.credential AS credential, j.end_user AS end_user
ORDER BY j.due_at, j.id LIMIT $window

// jobs_claim //
MATCH (j:Job) WHERE j.tenant = $tenant AND j.id IN $ids
SET j.state = 'PROCESSING', j.stage = 'started', j.leased_until = $until, j.attempts = j.attempts + 1,
    j.fence = j.fence + 1, j.updated_at = $at
RETURN {job j}
