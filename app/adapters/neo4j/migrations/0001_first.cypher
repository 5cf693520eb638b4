// The first schema. Times are microseconds since 1970 in UTC; every node but Schema and Organization has `tenant`.

CREATE CONSTRAINT organization_id IF NOT EXISTS FOR (n:Organization) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT ledger_tenant IF NOT EXISTS FOR (n:Ledger) REQUIRE n.tenant IS UNIQUE;
CREATE CONSTRAINT event_revision IF NOT EXISTS FOR (n:Event) REQUIRE (n.tenant, n.revision) IS UNIQUE;
