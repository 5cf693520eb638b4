// begin //
// A node that is there to be walked from, or no row.
CALL () {
  MATCH (m:Memory {tenant: $tenant, id: $start}) WHERE {visible m} AND {live m} RETURN m AS begin
  UNION ALL
  MATCH (e:Entity {tenant: $tenant, id: $start}) WHERE e.merged_into IS NULL AND {visible e} AND {supported e} RETURN e AS begin
  UNION ALL
  MATCH (u:User {tenant: $tenant, id: $start}) WHERE {visible_user u} RETURN u AS begin
}

// finish //
CALL (begin) {
  MATCH (m:Memory {tenant: $tenant, id: $end}) WHERE {visible m} AND {live m} RETURN m AS finish
  UNION ALL
  MATCH (e:Entity {tenant: $tenant, id: $end}) WHERE e.merged_into IS NULL AND {visible e} AND {supported e} RETURN e AS finish
  UNION ALL
  MATCH (u:User {tenant: $tenant, id: $end}) WHERE {visible_user u} RETURN u AS finish
}

// around //
// From the frontier of a walk to nodes that it has not seen, the heaviest edge first.
COLLECT {
  UNWIND walk.frontier AS f
  CALL (f) {
    MATCH (f)-[e:MENTIONS|LINKS|RELATES]-(n)
    WHERE type(e) IN $walked AND n.tenant = $tenant AND {visible n} AND {live n}
      AND (NOT e:RELATES OR ({supported n} AND {known e}))
    RETURN n, e.weight AS weight
    UNION ALL
    WITH f WHERE $about AND f:Memory AND f.user IS NOT NULL
    MATCH (n:User {tenant: $tenant, id: f.user}) WHERE {visible_user n}
    RETURN n, f.importance AS weight
    UNION ALL
    WITH f WHERE $about AND f:User
    MATCH (n:Memory)
    WHERE n.tenant = $tenant AND n.user = f.id AND n.created_at IS NOT NULL AND n.id IS NOT NULL
      AND {visible n} AND {live n}
    RETURN n, n.importance AS weight
  }
  WITH n, max(weight) AS weight WHERE NOT n IN walk.seen
  RETURN n ORDER BY weight DESC, n.id DESC LIMIT $limit
}

// neighborhood //
// Each step of the walk is a state made from the one before; then come the edges among all that it has seen.
{begin}
WITH reduce(walk = {frontier: [begin], seen: [begin], sizes: [1], truncated: false}, step IN range(1, $depth) |
  [found IN [{around}] | {
    frontier: CASE WHEN size(walk.seen) + size(found) > $limit THEN [] ELSE found END,
    seen: (walk.seen + found)[0..$limit],
    sizes: walk.sizes + [size((walk.seen + found)[0..$limit])],
    truncated: walk.truncated OR size(walk.seen) + size(found) > $limit
  }][0]
) AS walked
WITH walked.seen AS seen, walked.sizes AS sizes, walked.truncated AS truncated
{edges}
RETURN [n IN seen | n.id] AS nodes, sizes, truncated, edges

// edges //
// Among nodes that may not have been checked: both ends must live and be visible.
CALL (seen) {
  UNWIND seen AS s
  CALL (s, seen) {
    WITH s, seen WHERE {visible s} AND {live s}
    MATCH (s)-[e:MENTIONS|LINKS|RELATES]->(t)
    WHERE t IN seen AND type(e) IN $walked AND t.tenant = $tenant AND {visible t} AND {live t}
      AND (NOT e:RELATES OR {known e})
    RETURN s.id AS source, t.id AS target, toLower(type(e)) AS kind, coalesce(e.type, 'mentions') AS type,
           e.weight AS weight
    UNION ALL
    WITH s, seen WHERE $about AND s:Memory AND s.user IS NOT NULL AND {visible s} AND {live s}
    MATCH (t:User {tenant: $tenant, id: s.user}) WHERE t IN seen AND {visible_user t}
    RETURN s.id AS source, t.id AS target, 'about' AS kind, 'about' AS type, s.importance AS weight
  }
  WITH [source, target, kind, type, weight] AS edge
  ORDER BY edge[4] DESC, edge[0], edge[1], edge[2], edge[3]
  RETURN collect(edge) AS edges
}

// between //
CALL () {
  MATCH (m:Memory) WHERE m.tenant = $tenant AND m.id IN $ids RETURN m AS n
  UNION ALL
  MATCH (e:Entity) WHERE e.tenant = $tenant AND e.id IN $ids RETURN e AS n
  UNION ALL
  MATCH (u:User) WHERE u.tenant = $tenant AND u.id IN $ids RETURN u AS n
}
WITH collect(n) AS seen
{edges}
RETURN edges

// paths //
// Grows both ends in turn: until they meet, and `$more` steps further. With n steps in all, every path of at most n
// edges is among the nodes seen. `a` and `b` are what either end has seen, `fa` and `fb` their frontiers.
{begin}
{finish}
WITH reduce(
  s = {a: [begin], fa: [begin], b: [finish], fb: [finish], steps: 0, left: $depth, met: false, exhausted: false},
  step IN range(1, $depth) |
  CASE WHEN s.left <= 0 OR s.exhausted THEN s ELSE
    [walk IN [CASE WHEN size(s.fa) <= size(s.fb) THEN {near: true, frontier: s.fa, seen: s.a, other: s.b}
                   ELSE {near: false, frontier: s.fb, seen: s.b, other: s.a} END] |
      [found IN [{around}] |
        [met IN [s.met OR any(x IN found WHERE x IN walk.other)] | {
          a: CASE WHEN walk.near THEN s.a + found ELSE s.a END,
          fa: CASE WHEN walk.near THEN found ELSE s.fa END,
          b: CASE WHEN walk.near THEN s.b ELSE s.b + found END,
          fb: CASE WHEN walk.near THEN s.fb ELSE found END,
          steps: s.steps + 1,
          left: CASE WHEN met AND NOT s.met AND s.left > $more THEN $more ELSE s.left - 1 END,
          met: met,
          exhausted: size(found) = 0
        }][0]
      ][0]
    ][0]
  END
) AS walked
WITH walked, CASE WHEN walked.met THEN walked.a + walked.b ELSE [] END AS seen
{edges}
RETURN walked.steps AS steps, walked.exhausted AS exhausted, edges
