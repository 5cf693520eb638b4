// turn_take //
// Whoever writes to the ledger holds its lock until the transaction ends: one unit of work at a time a tenant.
MERGE (l:Ledger {tenant: $tenant})
SET l.unit = $unit
RETURN coalesce(l.revision, 0) AS revision

// events_record //
// Numbered as the last act of a unit, hence gapless in commit order. All up to `settled` are there for everyone,
// because the units before this one have ended.
MATCH (l:Ledger {tenant: $tenant})
SET l.settled = $settled, l.revision = $last, l.changed_at = timestamp()
WITH l
UNWIND $events AS e
CREATE (v:Event {tenant: $tenant})
SET v += e, v.at = $now, v.actor = $actor, v.unit = $unit

// unit_landed //
// The write takes the turn, so that the unit in question has ended before its traces are looked for.
MERGE (l:Ledger {tenant: $tenant})
SET l.asked = $unit
WITH l
OPTIONAL MATCH (v:Event {tenant: $tenant, revision: $revision})
RETURN l.unit = $unit OR coalesce(v.unit = $unit, false) AS landed
