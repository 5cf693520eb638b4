// Addresses that are told of changes. `heard` is the tenant's newest revision of which one was told, or had not to be.
CREATE CONSTRAINT webhook_id IF NOT EXISTS FOR (n:Webhook) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE INDEX webhook_age IF NOT EXISTS FOR (n:Webhook) ON (n.tenant, n.project, n.created_at, n.id);
CREATE INDEX webhook_active IF NOT EXISTS FOR (n:Webhook) ON (n.active);
