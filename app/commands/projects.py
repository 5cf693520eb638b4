"""`mnemograph projects`: spaces of memories."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.options import Data, Json

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.account import Project
    from app.services.results import DeletedProject

app = typer.Typer(help="Projects: list, create, put, delete, types.", no_args_is_help=True)


@app.command("list")
def list_projects(*, data: Data = None, as_json: Json = False) -> None:
    """List projects with the number of their memories."""
    from app.commands import shapes
    from app.services.inputs import Slice, Where

    async def work(application: "Application") -> "list[tuple[Project, int]]":
        explore, found = application.services.explore, list["tuple[Project, int]"]()
        after: str | None = None
        while True:
            page = await explore.projects(application.operator, page=Slice(first=100, after=after))
            for item in page.items:
                where = Where(project=item.node.id)
                found.append((item.node, await explore.count_memories(application.operator, where=where)))
            if not page.has_next:
                return found
            after = page.items[-1].cursor

    projects = opening.opened(work, data=data)
    if as_json:
        screen.write_json([{**shapes.project(project), "memories": number} for project, number in projects])
        return
    table = screen.table("slug", "name", "memories", "id", "description")
    for project, number in projects:
        name, description = screen.printable(project.name), screen.printable(project.description)
        table.add_row(project.slug, name, f"{number:,}", project.id, description)
    screen.out().print(table)


@app.command("types")
def types(
    *,
    project: Annotated[str | None, typer.Argument(help="By slug or id; 'default' when not given.")] = None,
    content: Annotated[
        list[str] | None, typer.Option("--content", help="Kind of memories; may be given several times.")
    ] = None,
    relation: Annotated[
        list[str] | None, typer.Option("--relation", help="Kind of relations; may be given several times.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show the kinds that a project has of its own; with options these take their place."""

    async def work(application: "Application") -> "Project":
        ontologies, operator = application.services.ontologies, application.operator
        if content is None and relation is None:
            return await ontologies.get(operator, project=project)
        return await ontologies.set(operator, project=project, content_types=content, relation_types=relation)

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"content_types": found.content_types, "relation_types": found.relation_types})
        return
    for label, names in (("content", found.content_types), ("relation", found.relation_types)):
        screen.out().print(screen.printable(f"{label}: {', '.join(names) or 'none'}"))


@app.command("create")
def create(
    *,
    slug: Annotated[str, typer.Argument(help="Short name: a-z, 0-9, _ and inner hyphens.")],
    name: Annotated[str | None, typer.Option("--name", help="Name for people; the slug when not given.")] = None,
    description: Annotated[str, typer.Option("--description", help="What it is for.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Create a project."""
    from app.commands import shapes

    async def work(application: "Application") -> "Project":
        return await application.services.accounts.create_project(
            application.operator, slug=slug, name=name, description=description
        )

    project = opening.opened_or_made(work, data=data)
    if as_json:
        screen.write_json(shapes.project(project))
    else:
        screen.out().print(f"Created {project.slug} ({project.id}).")


@app.command("put")
def put(
    *,
    slug: Annotated[str, typer.Argument(help="Short name: a-z, 0-9, _ and inner hyphens.")],
    name: Annotated[str | None, typer.Option("--name", help="Name for people.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="What it is for.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Create a project or change it; one that was deleted comes back empty."""
    from app.commands import shapes

    async def work(application: "Application") -> "Project":
        return await application.services.projects.put(
            application.operator, slug=slug, name=name, description=description
        )

    project = opening.opened_or_made(work, data=data)
    if as_json:
        screen.write_json(shapes.project(project))
    else:
        screen.out().print(f"{project.slug} ({project.id}).")


@app.command("delete")
def delete(
    *,
    project: Annotated[str, typer.Argument(help="By id or short name.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Delete a project and forget all that lives in it; restorable."""
    from app.commands import shapes

    async def work(application: "Application") -> "DeletedProject":
        return await application.services.projects.delete(application.operator, ref=project)

    deleted = opening.opened(work, data=data)
    if as_json:
        screen.write_json({**shapes.project(deleted.project), "forgotten": deleted.count})
    else:
        screen.out().print(f"Deleted {deleted.project.slug}; {deleted.count:,} memories are forgotten.")
