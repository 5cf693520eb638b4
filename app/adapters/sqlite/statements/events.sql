-- revision --
SELECT number FROM revision WHERE tenant = :tenant;

-- revision_put --
INSERT INTO revision (tenant, number) VALUES (:tenant, :number)
    ON CONFLICT (tenant) DO UPDATE SET number = excluded.number;

-- event_add --
INSERT INTO event (tenant, revision, at, actor, kind, subject, project, user, data)
VALUES (:tenant, :revision, :now, :actor, :kind, :subject, :project, :user, :data);

-- events_after --
SELECT e.tenant, e.revision, e.at, e.actor, e.kind, e.subject, e.project, e.user, e.data
  FROM event e
 WHERE e.tenant = :tenant AND e.revision > :revision AND (:project IS NULL OR e.project = :project)
   AND {visible_or_shared e}
 ORDER BY e.revision
 LIMIT :limit;

-- events_numbered --
SELECT e.tenant, e.revision, e.at, e.actor, e.kind, e.subject, e.project, e.user, e.data
  FROM json_each(:revisions) f CROSS JOIN event e ON e.tenant = :tenant AND e.revision = f.value
 WHERE {visible_or_shared e};

-- answer_find --
SELECT fingerprint, answer FROM idempotency
 WHERE tenant = :tenant AND credential = :credential AND name = :name AND at > :since;

-- answer_keep --
INSERT INTO idempotency (tenant, credential, name, fingerprint, answer, at)
VALUES (:tenant, :credential, :name, :fingerprint, :answer, :at)
    ON CONFLICT (tenant, credential, name) DO UPDATE
   SET fingerprint = excluded.fingerprint, answer = excluded.answer, at = excluded.at;

-- answers_expire --
DELETE FROM idempotency WHERE tenant = :tenant AND at <= :since;
