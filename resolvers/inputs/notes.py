"""What is to be kept word for word."""

import strawberry

from app.services.transcripts import NewTurn, Place
from app.services.values import NewValue
from resolvers.inputs.reading import Reads, filled, given, optional
from resolvers.scalars import JSON, BigInt


@strawberry.input(name="TurnInput", description="A turn to keep.")
class TurnInput(Reads):
    role: str = strawberry.field(description="Who spoke: user, assistant or another.")
    content: str = strawberry.field(description="What was said; may be empty.")
    place: BigInt | None = optional("Its place as you count, from 0.")
    occurred_at: str | None = optional("When it was said, as you write it.")
    payload: JSON | None = optional("What to keep with it.")
    key: str | None = optional("Tells a turn that is sent again.")

    def value(self) -> NewTurn:
        return NewTurn(
            role=self.role,
            content=self.content,
            seq=given(self.place),
            occurred_at=given(self.occurred_at),
            payload=given(self.payload),
            key=given(self.key),
        )


@strawberry.input(name="AppendTurnsInput", description="Turns to keep, in order.")
class AppendTurnsInput:
    project: str | None = optional("By id or slug; the only one the key opens, or `default`, when left out.")
    user: str = strawberry.field(description="Whose conversation: an end user, by your own id or ours.")
    session: str = strawberry.field(description="The conversation, by your own id.")
    source: str = strawberry.field(default="api", description="Who keeps it.")
    turns: list[TurnInput] = strawberry.field(description="1 to 1,000 turns.")

    def at(self) -> Place:
        return Place(project=given(self.project), user=self.user)


@strawberry.input(name="PutValueInput", description="A value to keep in the place of the one that is there.")
class PutValueInput:
    project: str | None = optional("By id or slug; the only one the key opens, or `default`, when left out.")
    user: str = strawberry.field(description="Whose: an end user, by your own id or ours.")
    source: str = strawberry.field(default="api", description="Who keeps it.")
    namespace: list[str] = strawberry.field(description="Where, 1 to 20 segments.")
    key: str = strawberry.field(description="What to call it there.")
    value: JSON = strawberry.field(description="The value.")
    text: str | None = optional("What a search looks at; the value's JSON when left out.")

    def at(self) -> Place:
        return Place(project=given(self.project), user=self.user)

    def new(self) -> NewValue:
        return filled(NewValue, self)
