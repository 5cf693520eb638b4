"""What every mutation answers with."""

from collections.abc import Callable
from typing import Any

import strawberry

from resolvers.errors import Outcome, UserError
from resolvers.fields import part


@strawberry.interface(description="The answer of a mutation.")
class Payload:
    user_errors: list[UserError] = strawberry.field(
        description="What was wrong; empty when it was done. Nothing was changed otherwise."
    )

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, Outcome)


def done(graphql_type: Any, read: Callable[[Any], Any], description: str, *, instead: Any = None) -> Any:
    """A field of a payload, read from what was done; `instead` of it when there were errors."""

    def of_outcome(outcome: Outcome[Any]) -> Any:
        return instead if outcome.done is None else read(outcome.done)

    return part(graphql_type, of_outcome, description)
