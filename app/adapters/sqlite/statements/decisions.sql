-- decisions_by_ids --
SELECT d.* FROM decision d
 WHERE d.tenant = :tenant AND d.id IN (SELECT value FROM json_each(:ids)) AND {visible d};

-- decisions_page --
SELECT d.*, d.opened_at AS sort FROM decision d
 WHERE d.tenant = :tenant AND {visible d}
   AND (:project IS NULL OR d.project = :project)
   AND (:user IS NULL OR d.user = :user)
   AND (:open IS NULL OR :open = (d.outcome IS NULL))
   {page};

-- decisions_count --
SELECT count(*) AS counted FROM decision d
 WHERE d.tenant = :tenant AND {visible d}
   AND (:project IS NULL OR d.project = :project)
   AND (:user IS NULL OR d.user = :user)
   AND (:open IS NULL OR :open = (d.outcome IS NULL));

-- decisions_between --
SELECT d.newer AS of, d.* FROM decision d
 WHERE d.tenant = :tenant AND d.newer IN (SELECT value FROM json_each(:ids)) AND {visible d}
 ORDER BY d.newer, d.older;

-- decision_put --
INSERT INTO decision (tenant, id, project, user, newer, older, why, confidence, opened_at, outcome, reason, ended_at,
                      settled_at, settled_by)
VALUES (:tenant, :id, :project, :user, :newer, :older, :why, :confidence, :opened_at, :outcome, :reason, :ended_at,
        :settled_at, :settled_by)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, user = excluded.user, newer = excluded.newer, older = excluded.older,
       why = excluded.why, confidence = excluded.confidence, opened_at = excluded.opened_at,
       outcome = excluded.outcome, reason = excluded.reason, ended_at = excluded.ended_at,
       settled_at = excluded.settled_at, settled_by = excluded.settled_by;
