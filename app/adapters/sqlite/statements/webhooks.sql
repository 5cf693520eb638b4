-- webhooks_by_ids --
SELECT w.* FROM webhook w
 WHERE w.tenant = :tenant AND w.id IN (SELECT value FROM json_each(:ids)) AND {visible_webhook w};

-- webhooks_page --
SELECT w.*, w.created_at AS sort FROM webhook w
 WHERE w.tenant = :tenant AND w.project = :project AND {visible_webhook w} {page};

-- webhooks_behind --
SELECT w.* FROM webhook w
 WHERE w.tenant = :tenant AND w.active AND w.heard < (SELECT r.number FROM revision r WHERE r.tenant = :tenant)
   AND {visible_webhook w}
 ORDER BY w.heard, w.id LIMIT :limit;

-- webhooks_hidden --
-- Those of the ids that are there and out of sight.
SELECT w.id FROM webhook w
 WHERE w.tenant = :tenant AND w.id IN (SELECT value FROM json_each(:ids)) AND NOT {visible_webhook w};

-- webhook_put --
INSERT INTO webhook (tenant, id, project, url, events, description, headers, active, form, secret, heard,
                     created_at, updated_at)
VALUES (:tenant, :id, :project, :url, :events, :description, :headers, :active, :form, :secret, :heard,
        :created_at, :updated_at)
    ON CONFLICT (tenant, id) DO UPDATE
   SET project = excluded.project, url = excluded.url, events = excluded.events, description = excluded.description,
       headers = excluded.headers, active = excluded.active, form = excluded.form, secret = excluded.secret,
       heard = excluded.heard, created_at = excluded.created_at, updated_at = excluded.updated_at;

-- webhooks_remove --
DELETE FROM webhook
 WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids)) AND {visible_webhook webhook};
