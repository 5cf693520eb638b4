// Memories that are about the same: (:Memory)-[:GROUPED]->(:Cluster). `owner` is the user, or '' for nobody.

CREATE CONSTRAINT cluster_id IF NOT EXISTS FOR (n:Cluster) REQUIRE (n.tenant, n.id) IS UNIQUE;
CREATE INDEX cluster_change IF NOT EXISTS FOR (n:Cluster) ON (n.tenant, n.project, n.updated_at, n.id);
CREATE INDEX cluster_of_user IF NOT EXISTS FOR (n:Cluster) ON (n.tenant, n.project, n.owner);
