"""Neo4j, Weaviate and Redis for development and CI: `make services`, `make services-stop`.

Standard library only: it runs before anything is installed. `run-neo4j`, `run-weaviate` and `run-redis` start one private
server each in the foreground, and `services.ready` knows when it answers: tests that break servers build on these.
"""
