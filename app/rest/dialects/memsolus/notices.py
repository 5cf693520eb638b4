"""What webhooks of Memsolus are sent."""

from app.rest.dialects.memsolus.bodies import memory_object
from app.rest.handles import uuid_of
from app.rest.moments import millis_z
from app.services.notices import Body, Notice


def notice(told: Notice) -> Body:
    """With the memory where there is one; else with the id of what it is about."""
    tiding = told.tiding
    return {
        "id": uuid_of(told.id),
        "event": tiding.event,
        "workspace_id": uuid_of(told.project),
        "timestamp": millis_z(tiding.at),
        "data": memory_object(told.memory) if told.memory else {"id": uuid_of(tiding.subject), **tiding.data},
    }
