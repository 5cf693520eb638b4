// The first schema. Times are microseconds since 1970 in UTC; every node but Schema and Organization has `tenant`.

CREATE CONSTRAINT schema_name IF NOT EXISTS FOR (n:Schema) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT organization_id IF NOT EXISTS FOR (n:Organization) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT ledger_tenant IF NOT EXISTS FOR (n:Ledger) REQUIRE n.tenant IS UNIQUE;
CREATE CONSTRAINT event_revision IF NOT EXISTS FOR (n:Event) REQUIRE (n.tenant, n.revision) IS UNIQUE;

// Accounts. A key's id is unique among all tenants.
CREATE CONSTRAINT project_id IF NOT EXISTS FOR (n:Project) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE CONSTRAINT project_slug IF NOT EXISTS FOR (n:Project) REQUIRE (n.tenant, n.slug) IS UNIQUE;
CREATE CONSTRAINT member_id IF NOT EXISTS FOR (n:Member) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE CONSTRAINT api_key_id IF NOT EXISTS FOR (n:ApiKey) REQUIRE n.id IS UNIQUE;
CREATE INDEX project_age IF NOT EXISTS FOR (n:Project) ON (n.tenant, n.created_at, n.id);
CREATE INDEX member_age IF NOT EXISTS FOR (n:Member) ON (n.tenant, n.created_at, n.id);
CREATE INDEX api_key_age IF NOT EXISTS FOR (n:ApiKey) ON (n.tenant, n.created_at, n.id);

// People and sources. `owner` is the user, or '' for nobody.
CREATE CONSTRAINT user_id IF NOT EXISTS FOR (n:User) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE CONSTRAINT user_name IF NOT EXISTS FOR (n:User) REQUIRE (n.tenant, n.project, n.external_id) IS UNIQUE;
CREATE CONSTRAINT agent_id IF NOT EXISTS FOR (n:Agent) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE CONSTRAINT agent_name IF NOT EXISTS FOR (n:Agent) REQUIRE (n.tenant, n.project, n.external_id) IS UNIQUE;
CREATE CONSTRAINT session_id IF NOT EXISTS FOR (n:Session) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE CONSTRAINT session_name IF NOT EXISTS
FOR (n:Session) REQUIRE (n.tenant, n.project, n.external_id, n.owner) IS UNIQUE;
CREATE CONSTRAINT source_id IF NOT EXISTS FOR (n:Source) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE CONSTRAINT source_name IF NOT EXISTS FOR (n:Source) REQUIRE (n.tenant, n.project, n.uri, n.owner) IS UNIQUE;
CREATE INDEX user_age IF NOT EXISTS FOR (n:User) ON (n.tenant, n.created_at, n.id);
CREATE INDEX agent_age IF NOT EXISTS FOR (n:Agent) ON (n.tenant, n.created_at, n.id);
CREATE INDEX session_age IF NOT EXISTS FOR (n:Session) ON (n.tenant, n.created_at, n.id);
CREATE INDEX source_age IF NOT EXISTS FOR (n:Source) ON (n.tenant, n.created_at, n.id);

// Work. Only jobs under a lease have `leased_until`, so that index is small.
CREATE CONSTRAINT job_id IF NOT EXISTS FOR (n:Job) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE INDEX job_age IF NOT EXISTS FOR (n:Job) ON (n.tenant, n.created_at, n.id);
CREATE INDEX job_due IF NOT EXISTS FOR (n:Job) ON (n.tenant, n.state, n.due_at, n.id);
CREATE INDEX job_due_anywhere IF NOT EXISTS FOR (n:Job) ON (n.state, n.due_at);
CREATE INDEX job_leased IF NOT EXISTS FOR (n:Job) ON (n.state, n.leased_until);
CREATE INDEX event_subject IF NOT EXISTS FOR (n:Event) ON (n.tenant, n.subject);
CREATE INDEX ledger_changed IF NOT EXISTS FOR (n:Ledger) ON (n.changed_at);
CREATE CONSTRAINT answer_name IF NOT EXISTS FOR (n:Answer) REQUIRE (n.tenant, n.credential, n.name) IS UNIQUE;
CREATE INDEX answer_age IF NOT EXISTS FOR (n:Answer) ON (n.tenant, n.at);

// Memories. `digest` finds equal texts; `place` is the position, or -1; `words` and `speaker_words` hold stems, and
// `scope` the words by which the full text is narrowed to a part of it.
CREATE CONSTRAINT memory_id IF NOT EXISTS FOR (n:Memory) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE INDEX memory_age IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.created_at, n.id);
CREATE INDEX memory_of_project IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.project, n.created_at, n.id);
CREATE INDEX memory_of_user IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.user, n.created_at, n.id);
CREATE INDEX memory_digest IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.digest);
CREATE INDEX memory_turn IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.session, n.place);
CREATE INDEX memory_of_source IF NOT EXISTS FOR (n:Memory) ON (n.tenant, n.source, n.place);
CREATE CONSTRAINT version_number IF NOT EXISTS FOR (n:Version) REQUIRE (n.tenant, n.memory, n.version) IS UNIQUE;
CREATE FULLTEXT INDEX memory_words IF NOT EXISTS FOR (n:Memory) ON EACH [n.words, n.speaker_words, n.scope]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};

// The graph. A name is one by which entities of the tenant are known, folded.
CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE INDEX entity_folded IF NOT EXISTS FOR (n:Entity) ON (n.tenant, n.folded, n.id);
CREATE CONSTRAINT name_folded IF NOT EXISTS FOR (n:Name) REQUIRE (n.tenant, n.folded) IS UNIQUE;
CREATE CONSTRAINT relation_id IF NOT EXISTS FOR ()-[r:RELATES]-() REQUIRE (r.tenant, r.relation) IS UNIQUE;
CREATE INDEX relation_past IF NOT EXISTS FOR ()-[r:RELATED]-() ON (r.tenant, r.relation);

// The outbox. `due` is absent from a mark that was given up, `dead` from all others.
CREATE CONSTRAINT outbox_name IF NOT EXISTS FOR (n:Outbox) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT mark_memory IF NOT EXISTS FOR (n:Mark) REQUIRE (n.tenant, n.memory) IS UNIQUE;
CREATE INDEX mark_due IF NOT EXISTS FOR (n:Mark) ON (n.due);
CREATE INDEX mark_dead IF NOT EXISTS FOR (n:Mark) ON (n.dead);
CREATE CONSTRAINT tombstone_memory IF NOT EXISTS FOR (n:Tombstone) REQUIRE (n.tenant, n.memory) IS UNIQUE;
CREATE INDEX tombstone_age IF NOT EXISTS FOR (n:Tombstone) ON (n.tenant, n.at);
