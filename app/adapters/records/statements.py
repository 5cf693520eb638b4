"""Named statements: a store's queries live in text files of its package, under header lines.

A header is `-- name --` in SQL and `// name //` in Cypher. Where a file says `{visible m}`, the fragment
of that name from the package's `fragments` file is put in for the alias m. What remains in braces is put
in by the caller, from constants in code; values always travel as parameters.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable

_USE = re.compile(r"\{(\w+) (\w+)\}")


class Statements:
    """Those of one package: `statements/<name>.<suffix>` and `fragments.<suffix>`, with comments after `comment`."""

    def __init__(self, package: str, *, suffix: str, comment: str) -> None:
        self._package, self._suffix, self._comment = package, suffix, comment
        self._header = re.compile(rf"^{comment} (\w+) {comment}$", re.MULTILINE)
        self._read: dict[str, Mapping[str, str]] = {}

    def of(self, name: str) -> Mapping[str, str]:
        """The statements of one file by name."""
        if name not in self._read:
            sections = self._sections(self._folder / "statements" / f"{name}.{self._suffix}")
            self._read[name] = {name: self._filled(body) for name, body in sections.items()}
        return self._read[name]

    def files(self) -> Iterator[str]:
        """The names of all statement files."""
        for entry in (self._folder / "statements").iterdir():
            yield entry.name.removesuffix(f".{self._suffix}")

    def fragment(self, name: str, alias: str) -> str:
        return self._filled(self._fragments[name].replace("{a}", alias).replace(" a}", f" {alias}}}"))

    @cached_property
    def _fragments(self) -> Mapping[str, str]:
        return self._sections(self._folder / f"fragments.{self._suffix}")

    @cached_property
    def _folder(self) -> Traversable:
        return resources.files(self._package)

    def _filled(self, body: str) -> str:
        return _USE.sub(lambda use: self.fragment(use[1], use[2]), body)

    def _sections(self, file: Traversable) -> dict[str, str]:
        pieces = self._header.split(file.read_text(encoding="utf-8"))[1:]
        return {name: self._bare(body) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}

    def _bare(self, body: str) -> str:
        return "\n".join(line for line in body.splitlines() if not line.startswith(self._comment)).strip()
