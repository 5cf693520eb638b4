// visible_project //
($every_project OR {a}.project IN $projects)

// of_user //
($end_user IS NULL OR {a}.user IS NULL OR {a}.user = $end_user)

// visible //
// The one place that says which nodes a principal sees of those that have a project and perhaps a user.
({visible_project a} AND {of_user a})

// visible_id //
($every_project OR {a}.id IN $projects)

// visible_user //
({visible_project a} AND ($end_user IS NULL OR {a}.id = $end_user))

// visible_or_shared //
(({a}.project IS NULL OR {visible_project a}) AND {of_user a})

// visible_job //
({visible_or_shared a} AND ($end_user IS NULL OR {a}.end_user IS NULL OR {a}.end_user = $end_user))

// visible_key //
// Keys within what the principal itself may see.
(($every_project OR ({a}.projects IS NOT NULL AND all(p IN {a}.projects WHERE p IN $projects)))
 AND ($end_user IS NULL OR {a}.end_user = $end_user))

// live //
({a}.deleted_at IS NULL AND ({a}.expires_at IS NULL OR {a}.expires_at > $now))
