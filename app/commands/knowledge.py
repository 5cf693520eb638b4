"""`mnemograph knowledge`: what is known, compiled by category."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.knowledge import KnowledgeEntry
    from app.services.results import Counted

_MOST = 1_000


def knowledge(
    *,
    category: Annotated[str | None, typer.Option("--category", help="This category only.")] = None,
    contains: Annotated[str | None, typer.Option("--contains", help="Entries with this in a memory's text.")] = None,
    project: Project = None,
    user: User = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print what is known as Markdown, a section for each user and category."""
    from app.services.knowledge import KnowledgeQuery, merged

    query = KnowledgeQuery(project=project, user=user, category=category, contains=contains)

    async def work(application: "Application") -> "Counted[KnowledgeEntry]":
        return await application.services.knowledge.entries(application.operator, query=query, limit=_MOST)

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"entries": list(map(_shape, found.items)), "total": found.total})
    elif found.items:
        typer.echo(merged(found.items), nl=False)
    if not found.items:
        raise typer.Exit(NOTHING)


def _shape(entry: "KnowledgeEntry") -> dict[str, Any]:
    return {
        "id": entry.id,
        "user": entry.user,
        "category": entry.category,
        "content": entry.content,
        "version": entry.version,
        "sources": list(entry.sources),
        "createdAt": entry.created_at.isoformat(),
        "updatedAt": entry.updated_at.isoformat(),
    }
