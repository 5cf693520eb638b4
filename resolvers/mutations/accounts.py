"""Making projects and keys."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.ids import KeyId
from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.accounts import (
    CreateApiKeyInput,
    CreateProjectInput,
    DeleteProjectInput,
    PutProjectInput,
    RevokeApiKeyInput,
    SetOntologyInput,
    SetVocabularyInput,
)
from resolvers.inputs.reading import given
from resolvers.mutations.payload import Payload, done
from resolvers.types.accounts import ApiKeyType, ProjectType


@strawberry.type(description="What createProject did.")
class CreateProjectPayload(Payload):
    project = done(ProjectType | None, lambda project: project, "The new project.")


@strawberry.type(description="What putProject did.")
class PutProjectPayload(Payload):
    project = done(ProjectType | None, lambda project: project, "The project as it is now.")


@strawberry.type(description="What deleteProject did.")
class DeleteProjectPayload(Payload):
    project = done(ProjectType | None, lambda deleted: deleted.project, "The project, deleted.")
    count = done(int, lambda deleted: deleted.count, "How many memories were forgotten with it.", instead=0)
    keypaths = done(
        list[str], lambda deleted: deleted.keypaths[:_SHOWN], "The first 100 of their keypaths.", instead=()
    )


@strawberry.type(description="What createApiKey did.")
class CreateApiKeyPayload(Payload):
    api_key = done(ApiKeyType | None, lambda issued: issued.key, "The new key as lists show it.")
    secret = done(str | None, lambda issued: issued.secret, "The key itself. It is shown this once and kept nowhere.")


@strawberry.type(description="What revokeApiKey did.")
class RevokeApiKeyPayload(Payload):
    api_key = done(ApiKeyType | None, lambda key: key, "The revoked key.")


@strawberry.type(description="What setVocabulary did.")
class SetVocabularyPayload(Payload):
    project = done(ProjectType | None, lambda project: project, "The project.")


_SHOWN = 100

PutProject: TypeAlias = Annotated[PutProjectInput, strawberry.argument(description="The project.")]
DeleteProject: TypeAlias = Annotated[DeleteProjectInput, strawberry.argument(description="Which one.")]


@strawberry.type(description="What setOntology did.")
class SetOntologyPayload(Payload):
    project = done(ProjectType | None, lambda project: project, "The project.")


SetOntology: TypeAlias = Annotated[SetOntologyInput, strawberry.argument(description="The kinds.")]
SetVocabulary: TypeAlias = Annotated[SetVocabularyInput, strawberry.argument(description="The vocabulary.")]
CreateProject: TypeAlias = Annotated[CreateProjectInput, strawberry.argument(description="The project to create.")]
CreateApiKey: TypeAlias = Annotated[CreateApiKeyInput, strawberry.argument(description="The key to create.")]
RevokeApiKey: TypeAlias = Annotated[RevokeApiKeyInput, strawberry.argument(description="The key to revoke.")]


@strawberry.type
class AccountMutations:
    @mutation(CreateProjectPayload, description="Creates a project. Needs scope admin.")
    async def create_project(self, info: Info, input: CreateProject) -> Any:
        ctx = info.context
        return await outcome(
            ctx.services.accounts.create_project(
                ctx.principal, slug=input.slug, name=given(input.name), description=input.description
            )
        )

    @mutation(PutProjectPayload, description="Makes a project or changes it; one that was deleted comes back empty.")
    async def put_project(self, info: Info, input: PutProject) -> Any:
        ctx = info.context
        return await outcome(
            ctx.services.projects.put(
                ctx.principal,
                slug=input.slug,
                name=given(input.name),
                description=given(input.description),
                metadata=given(input.metadata),
            )
        )

    @mutation(
        DeleteProjectPayload,
        description="Deletes a project and forgets all that lives in it; restorable. Its next value brings it back. "
        "More than 1,000 memories go in portions, the project with the last: when an error ends that, ask again.",
    )
    async def delete_project(self, info: Info, input: DeleteProject) -> Any:
        ctx = info.context
        return await outcome(ctx.services.projects.delete(ctx.principal, ref=input.project))

    @mutation(CreateApiKeyPayload, description="Creates an API key. Needs scope admin.")
    async def create_api_key(self, info: Info, input: CreateApiKey) -> Any:
        ctx = info.context
        return await outcome(ctx.services.accounts.create_key(ctx.principal, key=input.value()))

    @mutation(
        RevokeApiKeyPayload,
        description="Revokes an API key; it opens nothing a second later. Idempotent. Needs scope admin.",
    )
    async def revoke_api_key(self, info: Info, input: RevokeApiKey) -> Any:
        ctx = info.context
        return await outcome(ctx.services.accounts.revoke_key(ctx.principal, key=KeyId(input.id)))

    @mutation(
        SetVocabularyPayload,
        description="Teaches a project's names; texts read from now on mention them as entities. Needs scope admin.",
    )
    async def set_vocabulary(self, info: Info, input: SetVocabulary) -> Any:
        ctx = info.context
        terms = [each.value() for each in input.terms]
        return await outcome(ctx.services.vocabularies.set(ctx.principal, project=given(input.project), terms=terms))

    @mutation(
        SetOntologyPayload,
        description="Gives a project kinds of memories and of relations of its own, in the place of those that it has.",
    )
    async def set_ontology(self, info: Info, input: SetOntology) -> Any:
        ctx = info.context
        return await outcome(
            ctx.services.ontologies.set(
                ctx.principal,
                project=given(input.project),
                content_types=given(input.content_types),
                relation_types=given(input.relation_types),
            )
        )
