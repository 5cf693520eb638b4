"""What webhooks of Memsolus are sent."""

from app.domain.ids import JobId, UserId
from app.domain.memory import Usage
from app.domain.webhook import Tiding
from app.rest.dialects.memsolus.bodies import memory_object
from app.rest.dialects.memsolus.notices import notice
from app.rest.handles import uuid_of
from app.services.notices import Notice
from app.services.results import Labelled
from tests.builders import NOON, PROJECT, a_memory

MEMORY = a_memory(user=UserId("usr_1"))
TOLD = Labelled(memory=MEMORY, user="u-7", agent=None, session=None, usage=Usage(), number=1, user_number=1)
TIDING = Tiding(event="memory.created", subject=MEMORY.id, at=NOON, data={"version": 1})
FRAME = {
    "id": uuid_of("job_1"),
    "event": "memory.created",
    "workspace_id": uuid_of(PROJECT),
    "timestamp": "2026-11-20T12:00:00.000Z",
}


def test_a_body_holds_the_memory_as_its_routes_show_it() -> None:
    told = notice(Notice(id=JobId("job_1"), project=PROJECT, tiding=TIDING, memory=TOLD))
    assert told == {**FRAME, "data": memory_object(TOLD)}


def test_of_a_memory_that_is_gone_it_holds_the_id() -> None:
    told = notice(Notice(id=JobId("job_1"), project=PROJECT, tiding=TIDING, memory=None))
    assert told == {**FRAME, "data": {"id": uuid_of(MEMORY.id), "version": 1}}
