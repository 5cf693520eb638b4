"""What bodies and queries are read with. Whatever is not named is ignored, and null is the same as absent."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from app.domain.text import unstorable


class Shape(BaseModel):
    """A body or a query that a route reads."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, given: Any) -> Any:
        if isinstance(given, Mapping):
            return {name: value for name, value in given.items() if value is not None}
        return given


class Nothing(Shape):
    """A route that reads no body, or no query."""


def filled(given: Any) -> Any:
    """A blank text is none."""
    return None if isinstance(given, str) and not given.strip() else given


def said(given: Any) -> Any:
    """A text that must not be blank, and can be kept."""
    if isinstance(given, str):
        if not given.strip():
            raise ValueError("must not be empty")
        if problem := unstorable(given):
            raise ValueError(problem)
    return given


def whole(otherwise: int, least: int, most: int) -> BeforeValidator:
    """A number kept within bounds, whatever was sent; what is no number counts as absent."""

    def kept(given: Any) -> int:
        try:
            return max(least, min(most, int(float(given))))
        except (ValueError, TypeError, OverflowError):
            return otherwise

    return BeforeValidator(kept)


def _separated(given: Any) -> Any:
    """`a,b` and repeated names alike; blanks are dropped."""
    parts = [given] if isinstance(given, str) else given
    if not isinstance(parts, list | tuple):
        return given
    return tuple(piece for part in parts for piece in (each.strip() for each in str(part).split(",")) if piece)


CommaList = Annotated[tuple[str, ...], BeforeValidator(_separated)]
"""A list in a query string."""
