"""What a project calls its things."""

from typing import Any

import strawberry
from strawberry import UNSET

from resolvers.context import Info
from resolvers.fields import field
from resolvers.inputs.reading import given
from resolvers.queries.accounts import HomeProject
from resolvers.types.connection import After, Before, First, Last, window
from resolvers.types.vocabulary import VocabularyTermConnection


@strawberry.type
class VocabularyQueries:
    @field(VocabularyTermConnection | None, description="The names that a project taught, in order.")
    async def vocabulary(
        self,
        info: Info,
        *,
        project: HomeProject = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        ctx = info.context
        page = window(first, after, last, before)
        return await ctx.services.vocabularies.terms(ctx.principal, project=given(project), page=page)
