"""`mnemograph clusters`: what the memories are about, group by group."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.cluster import Cluster

Group = tuple["Cluster", int]


def clusters(
    *,
    project: Project = None,
    user: User = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many groups at most, 1 to 100.")] = 20,
    refresh: Annotated[bool, typer.Option("--refresh", help="Re-balance the groups first.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List groups of memories that are about the same, the last changed first."""

    async def work(application: "Application") -> list[Group]:
        if refresh:
            services, operator = application.services, application.operator
            job = await services.clusters.refresh(operator, project=project, user=user)
            await opening.finish(application, [job.id])
        return await _groups(application, project=project, user=user, limit=limit)

    found = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"clusters": [_shape(cluster, size) for cluster, size in found]})
    else:
        _show(found)
    if not found:
        raise typer.Exit(NOTHING)


async def _groups(application: "Application", *, project: str | None, user: str | None, limit: int) -> list[Group]:
    from app.services.inputs import Slice

    operator, services = application.operator, application.services
    page = await services.clusters.page(operator, project=project, user=user, page=Slice(first=limit))
    listed = [item.node for item in page.items]
    async with services.store.read(operator) as reader:
        sizes = await reader.clusters.sizes([cluster.id for cluster in listed])
    return list(zip(listed, sizes, strict=True))


def _shape(cluster: "Cluster", size: int) -> dict[str, object]:
    return {
        "id": cluster.id,
        "name": cluster.name,
        "keywords": list(cluster.keywords),
        "size": size,
        "cohesion": cluster.cohesion,
    }


def _show(found: list[Group]) -> None:
    table = screen.table("memories", "about", "id")
    for cluster, size in found:
        table.add_row(str(size), screen.printable(", ".join(cluster.keywords)), cluster.id)
    screen.out().print(table)
