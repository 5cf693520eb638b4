-- part_changed --
INSERT INTO vector_scope (tenant, project, user, version) VALUES (:tenant, :project, :user, 1)
    ON CONFLICT (tenant, project, user) DO UPDATE SET version = version + 1
RETURNING version;

-- part_version --
SELECT version FROM vector_scope WHERE tenant = :tenant AND project = :project AND user = :user;

-- parts --
SELECT project FROM vector_scope s
 WHERE s.tenant = :tenant AND s.user = '*' AND (:project IS NULL OR s.project = :project) AND {visible_project s}
 ORDER BY s.project;

-- part_vectors --
-- By age, which is nearly the order in which vectors lie in the file.
SELECT m.key, v.data FROM memory m INDEXED BY memory_created CROSS JOIN vector v ON v.memory = m.key
 WHERE m.tenant = :tenant AND m.project = :project AND v.model = :model AND v.dimension = :dimension;

-- part_vectors_of_user --
SELECT m.key, v.data FROM memory m INDEXED BY memory_of_user CROSS JOIN vector v ON v.memory = m.key
 WHERE m.tenant = :tenant AND m.user IS nullif(:user, '') AND m.project = :project
   AND v.model = :model AND v.dimension = :dimension;

-- candidates_confirm --
SELECT m.key, m.id FROM json_each(:keys) k CROSS JOIN memory m ON m.key = k.value
 WHERE m.tenant = :tenant AND {visible m} {where};

-- candidates_allowed --
SELECT m.key, m.id FROM memory m
 WHERE m.tenant = :tenant AND {visible m} {where};

-- vector_put --
INSERT INTO vector (memory, model, dimension, data)
SELECT m.key, :model, :dimension, :data FROM memory m WHERE m.tenant = :tenant AND m.key = :key
    ON CONFLICT (memory) DO UPDATE
   SET model = excluded.model, dimension = excluded.dimension, data = excluded.data;

-- vector_drop --
DELETE FROM vector WHERE memory IN (SELECT key FROM memory WHERE tenant = :tenant AND key = :key);

-- tokens_put --
INSERT INTO token_vectors (memory, model, width, data)
SELECT m.key, :model, :width, :data FROM memory m WHERE m.tenant = :tenant AND m.key = :key
    ON CONFLICT (memory) DO UPDATE
   SET model = excluded.model, width = excluded.width, data = excluded.data;

-- tokens_drop --
DELETE FROM token_vectors WHERE memory IN (SELECT key FROM memory WHERE tenant = :tenant AND key = :key);

-- tokens_of --
SELECT m.id, t.width, t.data FROM json_each(:ids) j
  CROSS JOIN memory m ON m.tenant = :tenant AND m.id = j.value
  CROSS JOIN token_vectors t ON t.memory = m.key
 WHERE t.model = :model AND {visible m};

-- vector_get --
SELECT v.model, v.data FROM vector v JOIN memory m ON m.key = v.memory WHERE m.tenant = :tenant AND m.key = :key;
