"""The routes of MemSync, each with and without the version before it."""

from dataclasses import replace

from app.domain.principal import Permission
from app.rest.dialects.memsync import biography, memories
from app.rest.dialects.memsync.biography import BioBody, KeptBio, PatchedBio, UserProfile, WholeProfile
from app.rest.dialects.memsync.bodies import (
    Deleted,
    DeletedMany,
    FoundMany,
    Health,
    ListedMany,
    ListedMemory,
    PatchedMemory,
    StoredMany,
)
from app.rest.dialects.memsync.shapes import (
    BatchBody,
    BioPatch,
    BioQuery,
    DeleteQuery,
    GivenBio,
    ListQuery,
    PatchBody,
    ProfileQuery,
    SearchBody,
    StoreBody,
    WhoseQuery,
)
from app.rest.routes import Route

_WRITE = Permission.MEMORY_WRITE

_ROUTES = (
    Route(
        method="POST",
        path="/memories",
        handler=memories.store,
        says="Keeps what the user says of themselves in a conversation, statement by statement.",
        body=StoreBody,
        answers={200: StoredMany},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memories",
        handler=memories.listing,
        says="Memories, newest first.",
        query=ListQuery,
        answers={200: ListedMany},
    ),
    Route(
        method="POST",
        path="/memories/search",
        handler=memories.search,
        says="Memories by meaning, the nearest first.",
        body=SearchBody,
        answers={200: FoundMany},
    ),
    Route(
        method="POST",
        path="/memories/batch-delete",
        handler=memories.batch_delete,
        says="Removes up to 1,000 memories.",
        body=BatchBody,
        answers={200: DeletedMany},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/memories/{id}",
        handler=memories.get,
        says="One memory.",
        answers={200: ListedMemory},
    ),
    Route(
        method="PATCH",
        path="/memories/{id}",
        handler=memories.update,
        says="Changes the fields that are given.",
        body=PatchBody,
        answers={200: PatchedMemory},
        wrong=(409,),
        needs=_WRITE,
    ),
    Route(
        method="DELETE",
        path="/memories/{id}",
        handler=memories.delete,
        says="Removes a memory; it can be brought back.",
        query=DeleteQuery,
        answers={200: Deleted},
        wrong=(409,),
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/users/profile",
        handler=biography.user_profile,
        says="Who somebody is: a bio, a text for each part of life, what they like.",
        query=WhoseQuery,
        answers={200: UserProfile},
    ),
    Route(
        method="PUT",
        path="/users/bio",
        handler=biography.give_bio,
        says="Keeps a bio that was written by hand.",
        body=GivenBio,
        answers={200: KeptBio},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/profile",
        handler=biography.profile,
        says="The sections of a profile that are asked for.",
        query=ProfileQuery,
        answers={200: WholeProfile},
    ),
    Route(
        method="GET",
        path="/profile/bio",
        handler=biography.bio,
        says="A bio in a format and style.",
        query=BioQuery,
        answers={200: BioBody},
    ),
    Route(
        method="PATCH",
        path="/profile/bio",
        handler=biography.patch_bio,
        says="Keeps a bio that was written by hand, or has it drawn anew.",
        body=BioPatch,
        answers={200: PatchedBio},
        needs=_WRITE,
    ),
    Route(
        method="GET",
        path="/healthcheck",
        handler=memories.health,
        says="Whether the server lives and, where a key is sent, whether it is right.",
        answers={200: Health},
        open=True,
        checks=True,
    ),
)

ROUTES = tuple(replace(route, path=before + route.path) for route in _ROUTES for before in ("/v1", ""))
