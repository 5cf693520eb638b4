"""Whose memories are meant. The account has a user of its own, to whom what is about nobody belongs as well."""

from typing import Any

from app.domain.people import User
from app.rest.call import Call
from app.rest.speech import Wrong
from app.services.distil import NOBODYS_NAME, SPHERES, names_of
from app.services.inputs import Where

OWN = "account"
"""What the account's own user is called among the users of its project."""


def writer(call: Call[Any, Any], user_id: str | None) -> str:
    """About whom is written."""
    return user_id or call.principal.end_user or OWN


def where_of(
    call: Call[Any, Any],
    user_id: str | None,
    *,
    agent: str | None = None,
    thread: str | None = None,
    categories: tuple[str, ...] = (),
) -> Where:
    """What is read when somebody, or nobody, is named."""
    own = (call.principal.end_user,) if call.principal.end_user else (OWN, None)
    return Where(
        users=(user_id,) if user_id else own,
        agents=(agent,) if agent else (),
        sessions=(thread,) if thread else (),
        categories=tuple(name for category in categories for name in names_of(category)),
    )


async def person(call: Call[Any, Any], user_id: str | None) -> User | None:
    return await call.services.explore.user(call.principal, project=None, external_id=writer(call, user_id))


def called(user: User) -> str | None:
    """The account's own user has no name of their own."""
    return NOBODYS_NAME if user.external_id == OWN else None


def demand_categories(field: str, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in SPHERES:
            reason = f"Unknown category {name!r}"
            raise Wrong(400, "VALIDATION_ERROR", reason, field=field, reason=reason)
    return names
