"""The table of Memsolus' routes, theme by theme."""

from app.domain.principal import Permission
from app.rest.dialects.memsolus import bodies, memories, shapes
from app.rest.dialects.memsolus.history import history
from app.rest.routes import Route

_WRITE = Permission.MEMORY_WRITE

MEMORIES = (
    Route(
        method="GET",
        path="/v1/memories",
        handler=memories.listed,
        says="Memories, newest first, or ranked by what is searched for.",
        query=shapes.ListQuery,
        answers={200: bodies.MemoryList},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/memories",
        handler=memories.create,
        says="Stores a memory as it is; it is processed in the background.",
        body=shapes.NewMemoryBody,
        answers={201: bodies.OneMemory},
        wrong=(409, 422),
        needs=_WRITE,
    ),
    Route(
        method="DELETE",
        path="/v1/memories",
        handler=memories.delete_all,
        says="Deletes the memories of the workspace, of a user or an agent; confirmed by X-Confirm-Password.",
        query=shapes.WhoseQuery,
        answers={204: None},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/memories/search",
        handler=memories.searched,
        says="The same as the list with a search, asked in a body.",
        body=shapes.SearchBody,
        answers={200: bodies.MemoryList},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/memories/entities",
        handler=memories.entities,
        says="Users and agents that have memories, with their numbers.",
        answers={200: list[bodies.Party] | bodies.Parties},
    ),
    Route(
        method="GET",
        path="/v1/memories/categories",
        handler=memories.categories,
        says="The categories of all memories, by name.",
        answers={200: bodies.Categories},
    ),
    Route(
        method="GET",
        path="/v1/memories/profile/{workspace}/{user}",
        handler=memories.profile,
        says="What is known of a user, in short; null when nothing is.",
        answers={200: bodies.Profile},
    ),
    Route(
        method="GET",
        path="/v1/memories/{id}",
        handler=memories.get,
        says="One memory with its workspace and its last feedback.",
        answers={200: bodies.OneMemoryDetail},
    ),
    Route(
        method="PUT",
        path="/v1/memories/{id}",
        handler=memories.update,
        says="Replaces the text, and what else is given; it is processed anew.",
        body=shapes.MemoryBody,
        answers={200: bodies.OneMemory},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="DELETE",
        path="/v1/memories/{id}",
        handler=memories.delete,
        says="Removes a memory from everywhere.",
        answers={204: None},
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/memories/{id}/promote",
        handler=memories.promote,
        says="Makes a memory of the layer TASK permanent.",
        answers={202: bodies.Message},
        wrong=(409, 410),
        needs=_WRITE,
    ),
    Route(
        method="POST",
        path="/v1/memories/{id}/feedback",
        handler=memories.feedback,
        says="Says whether a memory was of use.",
        body=shapes.FeedbackBody,
        answers={204: None},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/v1/memories/{id}/history",
        handler=history,
        says="What has happened to a memory, oldest first.",
        query=shapes.PageQuery,
        answers={200: bodies.HistoryList},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/memory-pools",
        handler=memories.pools,
        says="Shared pools, of which there are none.",
        answers={200: bodies.PoolList},
    ),
)

ROUTES = (*MEMORIES,)
