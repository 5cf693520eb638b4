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

// marks_leave //
// In the order of ids, as whoever claims marks takes them. A stamp outgrows all that the memory, or another one of
// its id, ever had.
UNWIND $marked AS id
MERGE (k:Mark {tenant: $tenant, memory: id})
ON CREATE SET k.since = $now
SET k.attempts = 0, k.dead = null, k.error = null
WITH k, id
OPTIONAL MATCH (m:Memory {tenant: $tenant, id: id})
WITH k, m, reduce(most = $now, stamp IN [m.stamp, k.stamp] | CASE WHEN stamp >= most THEN stamp + 1 ELSE most END) AS stamp
SET m.stamp = stamp, k.stamp = stamp, k.due = CASE WHEN k.lease > $now THEN k.due ELSE $now END
