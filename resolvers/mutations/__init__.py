"""The root of mutations. Verb first, one input, one payload that says what is wrong in `userErrors`."""

import strawberry

from resolvers.mutations.accounts import AccountMutations
from resolvers.mutations.curating import CuratingMutations
from resolvers.mutations.deciding import DecidingMutations
from resolvers.mutations.keypaths import KeypathMutations
from resolvers.mutations.memories import MemoryMutations
from resolvers.mutations.merging import MergingMutations
from resolvers.mutations.notes import NoteMutations
from resolvers.mutations.prompts import PromptMutations
from resolvers.mutations.understanding import UnderstandingMutations
from resolvers.mutations.webhooks import WebhookMutations
from resolvers.mutations.work import WorkMutations


@strawberry.type(
    description="What can be changed. Each takes one input and answers with one payload; what is wrong with the input "
    "stands in its userErrors, and then nothing was changed."
)
class Mutation(
    MemoryMutations,
    KeypathMutations,
    CuratingMutations,
    PromptMutations,
    UnderstandingMutations,
    MergingMutations,
    DecidingMutations,
    AccountMutations,
    NoteMutations,
    WebhookMutations,
    WorkMutations,
):
    pass
