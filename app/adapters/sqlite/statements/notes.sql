-- notes_find --
SELECT n.* FROM note n
 WHERE n.tenant = :tenant AND n.project = :project AND n.shelf = :shelf AND n.user = :user
   AND (:space IS NULL OR n.space = :space) AND (:name IS NULL OR n.name = :name)
   AND (:source IS NULL OR n.source = :source) AND {visible n}
 ORDER BY n.number;

-- notes_by_numbers --
SELECT n.* FROM note n
 WHERE n.tenant = :tenant AND n.number IN (SELECT value FROM json_each(:numbers)) AND {visible n};

-- note_add --
INSERT INTO note (tenant, number, project, user, shelf, source, space, name, body, created_at, updated_at)
VALUES (:tenant, :number, :project, :user, :shelf, :source, :space, :name, :body, :created_at, :updated_at);

-- note_change --
UPDATE note AS n SET body = :body, updated_at = :updated_at
 WHERE n.tenant = :tenant AND n.number = :number AND {visible n};

-- notes_remove --
DELETE FROM note AS n
 WHERE n.tenant = :tenant AND n.number IN (SELECT value FROM json_each(:numbers)) AND {visible n};
