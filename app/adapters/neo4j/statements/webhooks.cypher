// webhooks_by_ids //
MATCH (w:Webhook) WHERE w.tenant = $tenant AND w.id IN $ids AND {visible_webhook w}
RETURN {webhook w}

// webhooks_page //
MATCH (w:Webhook) USING INDEX w:Webhook(tenant, project, created_at, id)
WHERE w.tenant = $tenant AND w.project = $project AND {visible_webhook w} {after}
RETURN {webhook w}, w.created_at AS sort {page}

// webhooks_behind //
MATCH (l:Ledger {tenant: $tenant})
CALL (l) {
  MATCH (w:Webhook) WHERE w.tenant = $tenant AND w.id > '' AND w.active AND w.heard < l.revision AND {visible_webhook w}
  RETURN w
}
RETURN {webhook w} ORDER BY heard, id LIMIT $limit

// webhooks_put //
// All of them or none: none may be out of sight.
UNWIND $webhooks AS r
OPTIONAL MATCH (w:Webhook {tenant: $tenant, id: r.id})
WITH collect(r) AS records, count(CASE WHEN w IS NOT NULL AND NOT {visible_webhook w} THEN 1 END) AS hidden
CALL (records, hidden) {
  UNWIND CASE WHEN hidden = 0 THEN records ELSE [] END AS r
  MERGE (w:Webhook {tenant: $tenant, id: r.id})
  SET w += r
}
RETURN hidden

// webhooks_remove //
MATCH (w:Webhook) WHERE w.tenant = $tenant AND w.id IN $ids AND {visible_webhook w}
DELETE w
RETURN count(*) AS removed
