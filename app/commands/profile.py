"""`mnemograph profile`: what is known of a user."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.options import Data, Json, Project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.bootstrap import Application
    from app.domain.profile import Profile, ProfileFact
    from app.services.biographies import Biography


def profile(
    *,
    user: Annotated[str, typer.Argument(help="The end user, by your own id.")],
    bio: Annotated[
        str | None, typer.Option("--bio", help="Keep this as their bio; '' goes back to what their memories say.")
    ] = None,
    project: Project = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show what is known of a user: a short paragraph, then each fact with its source; former ones below."""

    async def work(application: "Application") -> "tuple[Profile, Biography]":
        if bio is not None:
            biographies = application.services.biographies
            await biographies.write(application.operator, user=user, text=bio or None, project=project)
        return await _read(application, user, project)

    known, told = opening.opened(work, data=data)
    if as_json:
        screen.write_json(
            {"bio": told.text, "current": list(map(_shape, known.current)), "former": list(map(_shape, known.former))}
        )
    else:
        _show(known, told)
    if not known.current and not known.former and bio is None:
        raise typer.Exit(NOTHING)


async def _read(application: "Application", ref: str, project: str | None) -> "tuple[Profile, Biography]":
    from app.domain.errors import NotFound

    services, principal = application.services, application.operator
    user = await services.explore.user(principal, project=project, external_id=ref)
    if user is None:
        raise NotFound(f"there is no user {ref!r}")
    known = await services.profiles.profile(principal, user=user.id)
    return known, await services.biographies.read(principal, user=user.id)


def _shape(fact: "ProfileFact") -> dict[str, Any]:
    return {
        "field": fact.field.value,
        "value": fact.value,
        "since": fact.since.isoformat(),
        "until": fact.until.isoformat() if fact.until else None,
        "confidence": fact.confidence,
        "sources": list(fact.sources),
    }


def _show(known: "Profile", bio: "Biography") -> None:
    if bio.text:
        screen.out().print(screen.printable(bio.text))
    for heading, facts in (("", known.current), ("\nFormer", known.former)):
        if facts:
            screen.out().print(heading)
            screen.out().print(_table(facts))
    if not known.current and not known.former:
        screen.out().print(f"Nothing is known of them yet ({screen.count(known.total, 'memory')}).")


def _table(facts: "Sequence[ProfileFact]") -> Any:
    table = screen.table("field", "value", "since", "sure", "source")
    for fact in facts:
        source = fact.sources[0] if fact.sources else ""
        since, sure = f"{fact.since:%Y-%m-%d}", f"{fact.confidence:.2f}"
        table.add_row(fact.field.value, screen.printable(fact.value), since, sure, source)
    return table
