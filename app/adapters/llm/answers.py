"""What a model may answer: its shape, checked by pydantic, before anything of it is believed."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.domain.graph import EntityType
from app.domain.memory import MEMORY_TYPES, Kind
from app.domain.ties import TIES

MAX_NAME: Final = 100
MAX_NAMES: Final = 60
MAX_TIES: Final = 40
MAX_FACTS: Final = 8
MAX_STATEMENT: Final = 500
MAX_QUOTE: Final = 2_000


def _one_of(words: Sequence[str]) -> Any:
    def demand(word: str) -> str:
        if word not in words:
            raise ValueError(f"is not one of {', '.join(words)}")
        return word

    return Annotated[str, AfterValidator(demand), Field(json_schema_extra={"enum": [*words]})]


if TYPE_CHECKING:
    MemoryType = str
    Tie = str
else:
    MemoryType = _one_of(MEMORY_TYPES)
    Tie = _one_of(TIES)

_Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AnsweredEntity(_Shape):
    name: _Name
    type: EntityType


class AnsweredRelation(_Shape):
    source: _Name
    type: Tie
    target: _Name
    since: date | None


class AnsweredFact(_Shape):
    statement: Annotated[str, Field(min_length=1, max_length=MAX_STATEMENT)]
    quote: Annotated[str, Field(min_length=1, max_length=MAX_QUOTE)]
    kind: Kind
    type: MemoryType
    entities: Annotated[tuple[_Name, ...], Field(max_length=MAX_NAMES)]
    occurred: date | None
    valid_from: date | None


class Answer(_Shape):
    kind: Kind
    type: MemoryType
    entities: Annotated[tuple[AnsweredEntity, ...], Field(max_length=MAX_NAMES)]
    relations: Annotated[tuple[AnsweredRelation, ...], Field(max_length=MAX_TIES)]
    facts: Annotated[tuple[AnsweredFact, ...], Field(max_length=MAX_FACTS)]


def parsed(said: str) -> Answer | list[str]:
    """The answer, or what is wrong with it, member by member."""
    try:
        return Answer.model_validate_json(_unfenced(said))
    except ValidationError as error:
        return [_told(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_input=False)]


def _told(place: str, message: str) -> str:
    return f"{place or 'the object'}: {message}"[:300]


def _unfenced(said: str) -> str:
    """Without the marks of a code block around it, which many models cannot leave out."""
    text = said.strip()
    if text.startswith("```") and text.endswith("```"):
        return text.removeprefix("```").removeprefix("json").removesuffix("```")
    return text
