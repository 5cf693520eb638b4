"""This store's named statements, in SQL."""

from typing import Final

from app.adapters.records.statements import Statements

_ALL: Final = Statements("app.adapters.sqlite", suffix="sql", comment="--")

statements = _ALL.of
fragment = _ALL.fragment
files = _ALL.files
