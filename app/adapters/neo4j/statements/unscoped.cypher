// schema_version //
MATCH (s:Schema) RETURN s.version AS version

// schema_note //
MERGE (s:Schema) SET s.version = CASE WHEN s.version > $version THEN s.version ELSE $version END

// indexes_await //
CALL db.awaitIndexes(60)
