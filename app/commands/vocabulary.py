"""`mnemograph vocabulary`: what a project calls its things."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json, Project

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.account import Project as ProjectOf
    from app.domain.vocabulary import VocabularyTerm
    from app.services.inputs import NewTerm

app = typer.Typer(help="A project's names: list, set.", no_args_is_help=True)


@app.command("list")
def list_terms(*, project: Project = None, data: Data = None, as_json: Json = False) -> None:
    """List the names that a project taught."""
    from app.services.inputs import Slice

    async def work(application: "Application") -> "list[VocabularyTerm]":
        found = list["VocabularyTerm"]()
        after: str | None = None
        while True:
            page = await application.services.vocabularies.terms(
                application.operator, project=project, page=Slice(first=100, after=after)
            )
            found += [item.node for item in page.items]
            if not page.has_next:
                return found
            after = page.items[-1].cursor

    terms = opening.opened(work, data=data)
    if as_json:
        screen.write_json([{"term": term.name, "type": term.type, "aliases": list(term.aliases)} for term in terms])
        return
    table = screen.table("term", "type", "aliases")
    for term in terms:
        table.add_row(screen.printable(term.name), term.type, screen.printable(", ".join(term.aliases)))
    screen.out().print(table)


@app.command("set")
def set_terms(
    *,
    file: Annotated[Path, typer.Argument(help='JSON: [{"term": "Atlas", "type": "PRODUCT", "aliases": ["AT"]}, …].')],
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Teach a project these names in the place of those that it has; an empty list takes them away."""
    terms = _terms(file)

    async def work(application: "Application") -> "ProjectOf":
        return await application.services.vocabularies.set(application.operator, project=project, terms=terms)

    taught = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"project": taught.slug, "terms": len(terms)})
    else:
        screen.out().print(f"{taught.slug} has {screen.count(len(terms), 'term')}.")


def _terms(file: Path) -> "list[NewTerm]":
    from app.domain.errors import invalid
    from app.services.inputs import NewTerm

    try:
        given = json.loads(file.read_text(encoding="utf-8"))
        return [
            NewTerm(term=str(each["term"]), type=str(each["type"]), aliases=tuple(map(str, each.get("aliases", ()))))
            for each in given
        ]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as exc:
        raise invalid("file", f"{file} is not a JSON list of terms, each with term and type", "unreadable") from exc
