// start //
// A node that is there to be walked from, or no row.
CALL () {
  MATCH (m:Memory {tenant: $tenant, id: $start}) WHERE {visible m} AND {live m} RETURN m AS n
  UNION ALL
  MATCH (e:Entity {tenant: $tenant, id: $start}) WHERE {visible e} AND {supported e} RETURN e AS n
  UNION ALL
  MATCH (u:User {tenant: $tenant, id: $start}) WHERE {visible_user u} RETURN u AS n
}

// end //
CALL () {
  MATCH (m:Memory {tenant: $tenant, id: $end}) WHERE {visible m} AND {live m} RETURN m AS z
  UNION ALL
  MATCH (e:Entity {tenant: $tenant, id: $end}) WHERE {visible e} AND {supported e} RETURN e AS z
  UNION ALL
  MATCH (u:User {tenant: $tenant, id: $end}) WHERE {visible_user u} RETURN u AS z
}

// around //
// From the frontier to nodes that were not seen, the heaviest edge first.
CALL (frontier, seen) {
  UNWIND frontier AS f
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
  WITH n, seen, max(weight) AS weight WHERE NOT n IN seen
  WITH n ORDER BY weight DESC, n.id DESC LIMIT $limit
  RETURN collect(n) AS found
}

// neighborhood //
// The start and `{steps}`, each a step further; then the edges among all that was seen.
{start}
WITH [n] AS frontier, [n] AS seen, [1] AS sizes, false AS truncated
{steps}
{edges}
RETURN [n IN seen | n.id] AS nodes, sizes, truncated, edges

// step //
{around}
WITH *, $limit - size(seen) AS room
WITH seen + found[0..room] AS seen, sizes + [size(seen) + size(found[0..room])] AS sizes,
     truncated OR size(found) > room AS truncated, CASE WHEN size(found) > room THEN [] ELSE found END AS frontier

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
// Grows both ends in turn, `{steps}` at most: until they meet, and `$more` steps further. With n steps in all, every
// path of at most n edges is among the nodes seen.
{start}
{end}
WITH [n] AS a, [n] AS fa, [z] AS b, [z] AS fb, $depth AS left, 0 AS steps, false AS met, false AS exhausted
{steps}
WITH *, CASE WHEN met THEN a + b ELSE [] END AS seen
{edges}
RETURN steps, exhausted, edges

// path_step //
WITH *, left > 0 AND NOT exhausted AS active, size(fa) <= size(fb) AS near
WITH *, CASE WHEN NOT active THEN [] WHEN near THEN fa ELSE fb END AS frontier, CASE WHEN near THEN a ELSE b END AS seen
{around}
WITH *, met OR any(x IN found WHERE (near AND x IN b) OR (NOT near AND x IN a)) AS meeting
WITH CASE WHEN near THEN a + found ELSE a END AS a, CASE WHEN near AND active THEN found ELSE fa END AS fa,
     CASE WHEN near THEN b ELSE b + found END AS b, CASE WHEN near OR NOT active THEN fb ELSE found END AS fb,
     CASE WHEN meeting AND NOT met AND left > $more THEN $more ELSE left - 1 END AS left,
     CASE WHEN active THEN steps + 1 ELSE steps END AS steps, meeting AS met, exhausted OR (active AND size(found) = 0) AS exhausted
