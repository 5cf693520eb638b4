"""The table of Memsolus' routes, theme by theme."""

from app.domain.principal import Permission
from app.rest.dialects.memsolus import bodies, files, graph, knowledge, memories, shapes
from app.rest.dialects.memsolus.history import history
from app.rest.dialects.memsolus.permissions import PermissionGroups, permissions
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

GRAPH = (
    Route(
        method="GET",
        path="/v1/graph/entities",
        handler=graph.entities,
        says="Entities by name, of a user and a type.",
        query=shapes.EntitiesQuery,
        answers={200: graph.EntityList},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/graph/entities/{id}",
        handler=graph.entity,
        says="One entity with what goes out from it.",
        answers={200: graph.OneEntity},
    ),
    Route(
        method="GET",
        path="/v1/graph/entities/{id}/relationships",
        handler=graph.relationships,
        says="What goes out from an entity and comes in.",
        answers={200: graph.Relationships},
    ),
    *(
        Route(
            method="GET",
            path=path,
            handler=graph.search,
            says="Entities by name, and by what memories say; best first.",
            query=shapes.GraphSearchQuery,
            answers={200: graph.FoundEntities},
            wrong=(422,),
        )
        for path in ("/v1/graph/search", "/v1/knowledge/graph/entities")
    ),
    Route(
        method="GET",
        path="/v1/graph/traverse",
        handler=graph.traverse,
        says="What can be reached from an entity along relationships.",
        query=shapes.TraverseQuery,
        answers={200: graph.Traversal},
        wrong=(422,),
    ),
    Route(
        method="POST",
        path="/v1/graph/query",
        handler=graph.query,
        says="An answer to a question, made of relationships.",
        body=shapes.GraphQuestion,
        answers={200: graph.Answer},
        wrong=(422,),
    ),
)

KNOWLEDGE = (
    Route(
        method="GET",
        path="/v1/knowledge",
        handler=knowledge.listed,
        says="What is known, by user and category; with merged=true as one document.",
        query=shapes.KnowledgeQuery,
        answers={200: knowledge.EntryList | knowledge.Merged},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/knowledge/{id}",
        handler=knowledge.get,
        says="One entry.",
        answers={200: knowledge.OneEntry},
    ),
)

FILES = (
    Route(
        method="POST",
        path="/v1/memories/ingest",
        handler=files.ingest,
        says="Takes in a file; its text becomes memories.",
        body=shapes.IngestForm,
        form=True,
        answers={202: files.OneIngestJob},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/v1/ingest-jobs",
        handler=files.ingest_jobs,
        says="Files that were taken in, newest first.",
        query=shapes.PageQuery,
        answers={200: files.IngestJobList},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/ingest-jobs/{id}",
        handler=files.get_ingest_job,
        says="How far a file is.",
        answers={200: files.OneIngestJob},
    ),
    Route(
        method="POST",
        path="/v1/exports",
        handler=files.export,
        says="Asks for an export.",
        query=shapes.ExportQuery,
        body=shapes.ExportBody,
        answers={202: files.OneExport},
        wrong=(422,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/v1/exports",
        handler=files.exports,
        says="Exports, newest first.",
        query=shapes.PageQuery,
        answers={200: files.ExportList},
        wrong=(422,),
    ),
    Route(
        method="GET",
        path="/v1/exports/{id}",
        handler=files.get_export,
        says="How far an export is.",
        answers={200: files.OneExport},
    ),
    Route(
        method="GET",
        path="/v1/exports/{id}/download",
        handler=files.download,
        says="The exported file.",
        answers={200: bytes},
        wrong=(409, 410),
    ),
    Route(
        method="GET",
        path="/v1/api-keys/permissions",
        handler=permissions,
        says="What keys may be allowed.",
        answers={200: PermissionGroups},
    ),
)

ROUTES = (*MEMORIES, *KNOWLEDGE, *GRAPH, *FILES)
