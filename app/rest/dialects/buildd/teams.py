"""Its teams and their keys."""

from typing import Any

from app.domain.account import ApiKey
from app.domain.errors import (
    NotFound,
)
from app.domain.ids import OrganizationId
from app.domain.keys import Dialect
from app.domain.principal import Scope
from app.rest.call import Call, Reply
from app.rest.dialects.buildd.shapes import NewKeyBody, ShownKey, Team
from app.rest.handles import id_of, team_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import NewKey, Slice


async def keys(call: Call[Nothing, Nothing]) -> Reply:
    listed: list[ShownKey] = []
    after: str | None = None
    while True:
        page = await call.services.accounts.keys(call.principal, page=Slice(first=100, after=after))
        listed += [_shown(item.node) for item in page.items if item.node.revoked_at is None]
        if not page.has_next:
            return Reply(200, {"keys": listed})
        after = page.items[-1].cursor


async def create_key(call: Call[NewKeyBody, Nothing]) -> Reply:
    if not call.body.name:
        raise Wrong(400, "invalid", "name is required")
    scopes = ("read",) if call.body.read_only else tuple(Scope)
    key = NewKey(name=call.body.name, scopes=scopes, dialect=Dialect.BUILDD)
    issued = await call.services.accounts.create_key(call.principal, key=key)
    return Reply(
        201,
        {
            "key": issued.secret,
            "prefix": issued.key.beginning,
            "teamId": team_of(call.principal.tenant),
            "message": "Save this key, it cannot be shown again.",
        },
    )


async def quickstart(call: Call[Nothing, Nothing]) -> Reply:
    tenant, issued = await call.services.teams.start(address=call.address, dialect=Dialect.BUILDD)
    return Reply(201, {"key": issued.secret, "teamId": team_of(tenant), "mcpConfig": _mcp(issued.secret)})


async def join(call: Call[Team, Nothing]) -> Reply:
    if not call.body.team:
        raise Wrong(400, "invalid", "team is required")
    team = OrganizationId(id_of("organization", call.body.team.removeprefix("team_")))
    try:
        issued = await call.services.teams.join(team=team, address=call.address, dialect=Dialect.BUILDD)
    except NotFound:
        raise Wrong(404, "not_found", "Team not found") from None
    return Reply(201, {"key": issued.secret, "mcpConfig": _mcp(issued.secret)})


async def preflight(call: Call[Nothing, Nothing]) -> Reply:
    """Browsers ask before they open a team; whose pages may, the server's list of origins says."""
    if not call.services.teams.opened:
        raise NotFound
    allowed = {"methods": b"POST, OPTIONS", "headers": b"Content-Type"}
    told = [(f"access-control-allow-{name}".encode(), value) for name, value in allowed.items()]
    return Reply(204, None, [*told, (b"access-control-max-age", b"86400")])


async def health(call: Call[Nothing, Nothing]) -> Reply:
    """Raises Unavailable."""
    await call.ready()
    return Reply(200, {"status": "ok"})


def _shown(key: ApiKey) -> ShownKey:
    return {
        "id": key.id,
        "name": key.name,
        "keyPrefix": key.beginning,
        "readOnly": Scope.WRITE not in key.scopes,
        "createdAt": millis_z(key.created_at),
    }


def _mcp(key: str) -> dict[str, Any]:
    return {
        "mcpServers": {
            "memory": {"command": "npx", "args": ["-y", "@buildd/memory"], "env": {"BUILDD_MEMORY_API_KEY": key}}
        }
    }
