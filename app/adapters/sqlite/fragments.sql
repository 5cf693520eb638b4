-- visible_project --
(:every_project OR {a}.project IN (SELECT value FROM json_each(:projects)))

-- of_user --
(:end_user IS NULL OR {a}.user IS NULL OR {a}.user = :end_user)

-- visible --
-- The one place that says which rows a principal sees of those that have a project and perhaps a user.
({visible_project a} AND {of_user a})

-- visible_id --
(:every_project OR {a}.id IN (SELECT value FROM json_each(:projects)))

-- visible_user --
({visible_project a} AND (:end_user IS NULL OR {a}.id = :end_user))

-- visible_or_shared --
(({a}.project IS NULL OR {visible_project a}) AND {of_user a})

-- visible_job --
({visible_or_shared a} AND (:end_user IS NULL OR {a}.end_user IS NULL OR {a}.end_user = :end_user))

-- visible_key --
-- Keys within what the principal itself may see.
((:every_project OR ({a}.projects IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM json_each({a}.projects) WHERE value NOT IN (SELECT value FROM json_each(:projects)))))
 AND (:end_user IS NULL OR {a}.end_user = :end_user))

-- visible_webhook --
-- A webhook hears of everybody in its project: who is narrowed to one end user sees none.
({visible_project a} AND :end_user IS NULL)

-- live --
({a}.deleted_at IS NULL AND ({a}.expires_at IS NULL OR {a}.expires_at > :now))

-- supported --
-- An entity that was never mentioned, or is mentioned by a memory that lives and is visible.
(NOT EXISTS (SELECT 1 FROM edge y
              WHERE y.tenant = :tenant AND y.target = {a}.id AND y.kind = 'mentions' AND y.retired_at IS NULL)
 OR EXISTS (SELECT 1 FROM edge y JOIN memory x ON x.tenant = :tenant AND x.id = y.source
             WHERE y.tenant = :tenant AND y.target = {a}.id AND y.kind = 'mentions' AND y.retired_at IS NULL
               AND {visible x} AND {live x}))

-- known --
-- A relation that was put without evidence, or that a memory supports which lives and is visible.
(NOT EXISTS (SELECT 1 FROM evidence y WHERE y.tenant = :tenant AND y.edge = {a}.key)
 OR EXISTS (SELECT 1 FROM evidence y JOIN memory x ON x.tenant = :tenant AND x.id = y.memory
             WHERE y.tenant = :tenant AND y.edge = {a}.key AND {visible x} AND {live x}))

-- evidence --
(SELECT json_group_array(y.memory) FROM evidence y JOIN memory x ON x.tenant = :tenant AND x.id = y.memory
  WHERE y.tenant = :tenant AND y.edge = {a}.key AND {visible x} AND {live x})

-- memory --
{a}.id, {a}.project, {a}.text, {a}.user, {a}.agent, {a}.session, {a}.source, {a}.position, {a}.role, {a}.speaker,
{a}.title, {a}.summary, {a}.kind, {a}.type, {a}.categories, {a}.tags, {a}.files, {a}.keypath, {a}.importance, {a}.layer,
{a}.expires_at, {a}.status, {a}.skip_reason, {a}.metadata, {a}.occurred_at, {a}.valid_from, {a}.valid_to,
{a}.created_at, {a}.updated_at, {a}.version, {a}.deleted_at

-- cluster --
{a}.id, {a}.project, {a}.user, {a}.name, {a}.keywords, {a}.terms, {a}.weight, {a}.cohesion, {a}.created_at, {a}.updated_at
