-- memory_at --
SELECT {memory m} FROM memory m
 WHERE m.tenant = :tenant AND m.project = :project AND m.user IS :user AND m.keypath = :keypath AND {visible m}
 ORDER BY {live m} DESC, m.updated_at DESC, m.id DESC
 LIMIT 1;

-- twigs --
-- Paths cut at a level, each once; what lies below them is counted for those that are shown.
SELECT k.path AS sort, k.id, k.memory,
       (SELECT count(*) FROM memory m
         WHERE m.tenant = :tenant AND m.project = :project AND m.user IS :user
           AND m.keypath > k.path || '.' AND m.keypath < k.path || '/' AND {visible m} AND {live m}) AS below
  FROM (SELECT path_top(m.keypath, :levels) AS path, path_top(m.keypath, :levels) AS id,
               max(CASE WHEN m.keypath = path_top(m.keypath, :levels) THEN m.id END) AS memory
          FROM memory m
         WHERE m.tenant = :tenant AND m.project = :project AND m.user IS :user
           AND m.keypath > :low AND m.keypath < :high AND {visible m} AND {live m}
         GROUP BY path_top(m.keypath, :levels)) k
 WHERE TRUE {page};

-- below --
SELECT m.id FROM memory m
 WHERE m.tenant = :tenant AND m.project = :project AND m.user IS :user AND {visible m} AND {live m}
   AND ((m.keypath > :low AND m.keypath < :high) OR m.keypath = :prefix)
 ORDER BY m.keypath, m.id;

-- history --
SELECT v.revision AS sort, v.id, v.version, v.revision, v.recorded_at, v.actor, v.snapshot
  FROM memory m
  JOIN (SELECT *, memory || printf('.%09d', version) AS id FROM memory_version) v
    ON v.tenant = m.tenant AND v.memory = m.id
 WHERE m.tenant = :tenant AND m.project = :project AND m.user IS :user AND m.keypath = :keypath
   AND {visible m} AND {visible v} {page};
