// notes_find //
MATCH (n:Note)
WHERE n.tenant = $tenant AND n.project = $project AND n.shelf = $shelf AND n.user = $user
  AND ($space IS NULL OR n.space = $space) AND ($name IS NULL OR n.name = $name)
  AND ($source IS NULL OR n.source = $source) AND {visible n}
RETURN {note n} ORDER BY number

// notes_by_numbers //
MATCH (n:Note) WHERE n.tenant = $tenant AND n.number IN $numbers AND {visible n}
RETURN {note n}

// notes_add //
MATCH (l:Ledger {tenant: $tenant})
SET l.numbered = coalesce(l.numbered, 0) + size($notes)
WITH l.numbered - size($notes) AS last
UNWIND range(0, size($notes) - 1) AS place
CREATE (n:Note {tenant: $tenant, number: last + place + 1})
SET n += $notes[place]
RETURN n.number AS number ORDER BY number

// note_change //
MATCH (n:Note {tenant: $tenant, number: $number}) WHERE {visible n}
SET n.body = $body, n.updated_at = $updated_at
RETURN n.number AS number

// notes_remove //
MATCH (n:Note) WHERE n.tenant = $tenant AND n.number IN $numbers AND {visible n}
WITH collect(n) AS found
FOREACH (n IN found | DELETE n)
RETURN size(found) AS removed
