"""`mnemograph entity`: all that is known of one entity, on one page."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json, Project

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.understand import KnowledgePage


def entity(
    *,
    name: Annotated[str, typer.Argument(help="Its name, or a part of it, or its id (ent_…).")],
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print the knowledge page of an entity in Markdown; each number stands for a memory, listed on stderr."""

    async def work(application: "Application") -> "KnowledgePage":
        return await _page(application, name=name, project=project)

    page = opening.opened(work, data=data)
    if as_json:
        sections = [
            {
                "title": each.title,
                "lines": [{"text": line.text, "memories": list(line.memories)} for line in each.lines],
            }
            for each in page.sections
        ]
        screen.write_json(
            {"title": page.title, "markdown": page.markdown, "sections": sections, "citations": list(page.citations)}
        )
        return
    typer.echo(screen.printable(page.markdown), nl=False)
    for number, memory in enumerate(page.citations, start=1):
        screen.aside().print(f"[{number}] {memory}", style="dim")


async def _page(application: "Application", *, name: str, project: str | None) -> "KnowledgePage":
    """Of an id, else of the first by name that has this name, else of the first that has it in its name."""
    from app.domain.errors import NotFound
    from app.domain.ids import EntityId, is_id
    from app.domain.text import folded
    from app.services.inputs import EntityWhere, Slice

    services, operator = application.services, application.operator
    if is_id(name):
        return await services.understand.page(operator, entity=EntityId(name))
    where = EntityWhere(project=project, name=name)
    found = [
        item.node for item in (await services.explore.entities(operator, where=where, page=Slice(first=100))).items
    ]
    if not found:
        raise NotFound(f"there is no entity named {name!r}")
    exact = [one for one in found if folded(name) in {folded(each) for each in (one.name, *one.aliases)}]
    return await services.understand.page(operator, entity=(exact or found)[0].id)
