"""What a key of Memsolus may be allowed, by group."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from app.rest.call import Call, Reply
from app.rest.shapes import Nothing

_GROUPS = {
    "memory": ("read", "write", "delete"),
    "knowledge": ("read", "write", "delete"),
    "workspace": ("read", "write", "delete"),
    "export": ("read", "write"),
    "ingest": ("read", "write"),
    "webhook": ("read", "write", "delete"),
    "dashboard": ("read",),
}
_VERBS = {"read": "Read", "write": "Create and change", "delete": "Remove"}
_NOUNS = {
    "memory": "memories",
    "knowledge": "compiled knowledge",
    "workspace": "the workspace",
    "export": "exports",
    "ingest": "ingested files",
    "webhook": "webhooks",
    "dashboard": "the dashboard",
}


class PermissionObject(TypedDict):
    key: str
    description: str


class PermissionGroup(TypedDict):
    group: str
    permissions: Sequence[PermissionObject]


class PermissionGroups(TypedDict):
    data: Sequence[PermissionGroup]


async def permissions(_call: Call[Nothing, Nothing]) -> Reply:
    groups = [
        {
            "group": group,
            "permissions": [
                {"key": f"{group}.{verb}", "description": f"{_VERBS[verb]} {_NOUNS[group]}."} for verb in verbs
            ],
        }
        for group, verbs in _GROUPS.items()
    ]
    return Reply(200, {"data": groups})
