-- doomed --
SELECT m.id, m.key, m.project, m.user, m.session, m.source FROM memory m
 WHERE m.tenant = :tenant AND m.id IN (SELECT value FROM json_each(:ids)) AND {visible m};

-- entities_touched --
-- Entities that the memories mention or mentioned, and the ends of relations known from them.
SELECT e.target AS id FROM edge e
 WHERE e.tenant = :tenant AND e.kind = 'mentions' AND e.source IN (SELECT value FROM json_each(:ids))
 UNION
SELECT e.source FROM evidence v JOIN edge e ON e.key = v.edge
 WHERE v.tenant = :tenant AND v.memory IN (SELECT value FROM json_each(:ids))
 UNION
SELECT e.target FROM evidence v JOIN edge e ON e.key = v.edge
 WHERE v.tenant = :tenant AND v.memory IN (SELECT value FROM json_each(:ids));

-- relations_doomed --
-- Relations, current and retired, all of whose evidence is among the memories.
SELECT e.key, e.relation FROM edge e
 WHERE e.tenant = :tenant
   AND e.key IN (SELECT v.edge FROM evidence v
                  WHERE v.tenant = :tenant AND v.memory IN (SELECT value FROM json_each(:ids)))
   AND NOT EXISTS (SELECT 1 FROM evidence v
                    WHERE v.tenant = :tenant AND v.edge = e.key
                      AND v.memory NOT IN (SELECT value FROM json_each(:ids)));

-- edges_drop --
DELETE FROM edge WHERE tenant = :tenant AND key IN (SELECT value FROM json_each(:keys));

-- evidence_drop --
DELETE FROM evidence WHERE tenant = :tenant AND memory IN (SELECT value FROM json_each(:ids));

-- edges_of_nodes_drop --
DELETE FROM edge
 WHERE tenant = :tenant
   AND (source IN (SELECT value FROM json_each(:ids)) OR target IN (SELECT value FROM json_each(:ids)));

-- entities_unsupported --
SELECT n.id FROM entity n
 WHERE n.tenant = :tenant AND n.id IN (SELECT value FROM json_each(:ids))
   AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.tenant = :tenant AND e.target = n.id AND e.kind = 'mentions'
                                          AND e.retired_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.tenant = :tenant AND e.kind = 'relates' AND e.retired_at IS NULL
                                          AND (e.source = n.id OR e.target = n.id));

-- relations_of_entities --
SELECT DISTINCT e.relation FROM edge e
 WHERE e.tenant = :tenant AND e.relation IS NOT NULL
   AND (e.source IN (SELECT value FROM json_each(:ids)) OR e.target IN (SELECT value FROM json_each(:ids)));

-- entities_drop --
DELETE FROM entity WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids));

-- names_drop --
DELETE FROM entity_name WHERE tenant = :tenant AND entity IN (SELECT value FROM json_each(:ids));

-- versions_drop --
DELETE FROM memory_version WHERE tenant = :tenant AND memory IN (SELECT value FROM json_each(:ids));

-- feedback_drop --
DELETE FROM feedback WHERE tenant = :tenant AND memory IN (SELECT value FROM json_each(:ids));

-- memories_drop --
DELETE FROM memory WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids));

-- sessions_empty_drop --
DELETE FROM session
 WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids))
   AND NOT EXISTS (SELECT 1 FROM memory m WHERE m.tenant = :tenant AND m.session = session.id);

-- sources_empty_drop --
DELETE FROM source
 WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids))
   AND NOT EXISTS (SELECT 1 FROM memory m WHERE m.tenant = :tenant AND m.source = source.id);

-- first_known --
-- No event before the first version of a memory can speak of it.
SELECT coalesce(min(revision), 0) AS revision FROM memory_version
 WHERE tenant = :tenant AND memory IN (SELECT value FROM json_each(:ids));

-- events_about --
SELECT position FROM event WHERE tenant = :tenant AND subject IN (SELECT value FROM json_each(:ids));

-- events_since --
SELECT position AS name, data AS text FROM event
 WHERE tenant = :tenant AND revision >= :revision AND kind <> 'job.updated' AND data <> '{}';

-- events_empty --
UPDATE event SET data = '{}' WHERE tenant = :tenant AND position IN (SELECT value FROM json_each(:positions));

-- answers_all --
SELECT credential || '/' || name AS name, answer AS text FROM idempotency WHERE tenant = :tenant;

-- answers_drop --
DELETE FROM idempotency
 WHERE tenant = :tenant AND credential || '/' || name IN (SELECT value FROM json_each(:names));

-- jobs_all --
SELECT id AS name, arguments || ' ' || result AS text FROM job WHERE tenant = :tenant;

-- jobs_by_ids --
SELECT id, state, arguments, result FROM job WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids));

-- job_redact --
UPDATE job SET arguments = :arguments, result = :result, error = NULL WHERE tenant = :tenant AND id = :id;

-- job_events_redact --
UPDATE event SET data = json_set(data, '$.error', NULL)
 WHERE tenant = :tenant AND kind = 'job.updated' AND subject IN (SELECT value FROM json_each(:ids));
