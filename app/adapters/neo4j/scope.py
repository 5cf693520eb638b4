"""What a principal sees, as the parameters that the fragments `visible` and `live` ask for."""

from typing import Any, assert_never

from app.domain.principal import AllProjects, Only, Principal


def scope_parameters(principal: Principal, *, now: int) -> dict[str, Any]:
    match principal.visible:
        case AllProjects():
            every, projects = True, []
        case Only(ids):
            every, projects = False, sorted(ids)
        case never:
            assert_never(never)
    return {
        "tenant": principal.tenant,
        "every_project": every,
        "projects": projects,
        "end_user": principal.end_user,
        "now": now,
    }
