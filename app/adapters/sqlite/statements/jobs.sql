-- jobs_by_ids --
SELECT j.* FROM job j WHERE j.tenant = :tenant AND j.id IN (SELECT value FROM json_each(:ids)) AND {visible_job j};

-- jobs_page --
SELECT j.*, j.created_at AS sort FROM job j
 WHERE j.tenant = :tenant AND {visible_job j}
   AND (:project IS NULL OR j.project = :project)
   AND (:states = '[]' OR j.state IN (SELECT value FROM json_each(:states)))
   AND (:names = '[]' OR j.name IN (SELECT value FROM json_each(:names)))
   AND (:parked IS NULL OR (j.state = 'FAILED' AND j.attempts >= j.max_attempts) = :parked)
   {page};

-- jobs_present --
SELECT j.id, j.fence, {visible_job j} AS visible FROM job j
 WHERE j.tenant = :tenant AND j.id IN (SELECT value FROM json_each(:ids));

-- job_put --
INSERT INTO job (tenant, id, name, project, user, arguments, actor, credential, end_user, state, stage, done, total,
                 attempts, max_attempts, fence, due_at, leased_until, error, error_code, result,
                 created_at, updated_at, finished_at)
VALUES (:tenant, :id, :name, :project, :user, :arguments, :actor, :credential, :job_end_user, :state, :stage, :done,
        :total, :attempts, :max_attempts, :fence, :due_at, :leased_until, :error, :error_code, :result,
        :created_at, :updated_at, :finished_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET name = excluded.name, project = excluded.project, user = excluded.user, arguments = excluded.arguments,
       actor = excluded.actor, credential = excluded.credential, end_user = excluded.end_user,
       state = excluded.state, stage = excluded.stage, done = excluded.done, total = excluded.total,
       attempts = excluded.attempts, max_attempts = excluded.max_attempts, fence = excluded.fence,
       due_at = excluded.due_at, leased_until = excluded.leased_until, error = excluded.error,
       error_code = excluded.error_code, result = excluded.result, created_at = excluded.created_at,
       updated_at = excluded.updated_at, finished_at = excluded.finished_at;

-- jobs_due --
SELECT id, name, actor, credential, end_user FROM (
    SELECT j.id, j.due_at, j.name, j.actor, j.credential, j.end_user FROM job j
     WHERE j.tenant = :tenant AND j.state = 'PENDING' AND j.due_at <= :at AND {visible_job j}
     UNION ALL
    SELECT j.id, j.due_at, j.name, j.actor, j.credential, j.end_user FROM job j
     WHERE j.tenant = :tenant AND j.state = 'PROCESSING' AND j.leased_until <= :at AND {visible_job j}
) ORDER BY due_at, id LIMIT :window;

-- jobs_claim --
UPDATE job SET state = 'PROCESSING', stage = 'started', leased_until = :until, attempts = attempts + 1, fence = fence + 1, updated_at = :at
 WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids));
