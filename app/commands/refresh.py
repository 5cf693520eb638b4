"""`mnemograph refresh`: vectors made anew with the model that is set now."""

from typing import TYPE_CHECKING

from app.commands import opening, screen
from app.commands.options import Data, Json, Project, User

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.domain.work import Job


def refresh(*, project: Project = None, user: User = None, data: Data = None, as_json: Json = False) -> None:
    """Read a project's memories anew for the search by meaning; their words stay as they are."""

    async def work(application: "Application") -> "Job":
        job = await application.services.refresh.begin(application.operator, project=project, user=user)
        (ended,) = await opening.finish(application, [job.id])
        return ended

    job = opening.opened(work, data=data)
    if as_json:
        screen.write_json({"job": job.id, "state": job.state, "memories": job.done})
    else:
        screen.out().print(f"{job.state.lower().capitalize()}: {screen.count(job.done, 'memory')} read.")
