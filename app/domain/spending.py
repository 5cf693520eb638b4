"""What asking a language model has cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Requests that were sent, and the tokens that they took both ways."""

    calls: int = 0
    tokens: int = 0

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(calls=self.calls + other.calls, tokens=self.tokens + other.tokens)

    def __sub__(self, other: "Spending") -> "Spending":
        return Spending(calls=self.calls - other.calls, tokens=self.tokens - other.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that may be spent; 0 is no limit."""

    calls: int = 0
    tokens: int = 0

    def holds(self, spending: Spending) -> bool:
        fits = ((self.calls, spending.calls), (self.tokens, spending.tokens))
        return all(not most or spent <= most for most, spent in fits)
