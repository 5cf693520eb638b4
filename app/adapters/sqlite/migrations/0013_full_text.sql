-- The full text's own table was measured when it was new: SQLite took it for two rows, and read all of it for each memory that
-- came in.
UPDATE sqlite_stat1 SET stat = '1000000' WHERE tbl = 'memory_text_data';
ANALYZE sqlite_schema;
