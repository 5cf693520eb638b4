// revision //
MATCH (l:Ledger {tenant: $tenant}) RETURN coalesce(l.revision, 0) AS revision

// events_after //
// A commit becomes visible bit by bit: of the newest unit's events all are read or none.
MATCH (l:Ledger {tenant: $tenant})
WITH l.settled AS settled, l.revision AS last
WITH CASE WHEN COUNT {
       MATCH (c:Event) WHERE c.tenant = $tenant AND c.revision > settled AND c.revision <= last
     } = last - settled THEN last ELSE settled END AS whole
MATCH (e:Event)
WHERE e.tenant = $tenant AND e.revision > $revision AND e.revision <= whole
  AND ($project IS NULL OR e.project = $project) AND {visible_or_shared e}
RETURN {event e} ORDER BY e.tenant, e.revision LIMIT $limit

// events_numbered //
MATCH (e:Event) WHERE e.tenant = $tenant AND e.revision IN $revisions AND {visible_or_shared e}
RETURN {event e}

// answer_find //
MATCH (a:Answer)
WHERE a.tenant = $tenant AND a.credential = $credential AND a.name = $name AND a.at > $since
RETURN a.fingerprint AS fingerprint, a.answer AS answer

// answer_keep //
MERGE (a:Answer {tenant: $tenant, credential: $credential, name: $name})
SET a.fingerprint = $fingerprint, a.answer = $answer, a.at = $at
WITH a
MATCH (old:Answer) WHERE old.tenant = $tenant AND old.at <= $since
DELETE old
