"""This store's named statements, in Cypher."""

from typing import Final

from app.adapters.records.statements import Statements

_ALL: Final = Statements("app.adapters.neo4j", suffix="cypher", comment="//")

statements = _ALL.of
fragment = _ALL.fragment
files = _ALL.files
