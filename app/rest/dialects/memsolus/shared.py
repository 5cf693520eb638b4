"""The list for whoever may as well be a client of MemSync, whose list has the same address."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.rest.dialects.memsync import bodies
from app.services.results import Labelled


def with_memsync(body: Mapping[str, Any], told: Sequence[Labelled]) -> dict[str, Any]:
    """What both dialects read. A name that both have keeps the value of this one."""
    paged = bodies.many([], total=body["total"], page=body["page"], page_size=body["page_size"])
    rows = [{**bodies.listed(each), **item} for each, item in zip(told, body["data"], strict=True)]
    return {**paged, **body, "data": rows}
