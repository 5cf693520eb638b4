"""Fitting: as many of the best memories as a token budget holds, and never more."""

from collections.abc import Sequence

from app.domain import errors
from app.ports.models import TokenCounter
from app.services.prompts import Entry, Layout, line_of
from app.services.results import Hit


def cost(layout: Layout, entries: Sequence[Entry], tokens: TokenCounter) -> int:
    """Tokens of all that the prompt would hold."""
    text, messages = layout.render(entries)
    if not messages:
        return tokens.count(text)
    return sum(layout.frame + tokens.count(message.content) for message in messages)


def fit(
    layout: Layout, hits: Sequence[Hit], groups: Sequence[str], *, budget: int, tokens: TokenCounter
) -> list[Entry]:
    """Each hit is tried in turn; one that is too long makes room for shorter ones.

    Lines are counted one by one first; the whole is counted at the end and decides. Raises Invalid when
    the prompt without any memory is over the budget.
    """
    spent = cost(layout, [], tokens)
    if spent > budget:
        raise errors.invalid("budget", f"the prompt without any memory takes {spent} tokens", "too_small")
    chosen: list[Entry] = []
    for hit, group in zip(hits, groups, strict=True):
        entry = Entry(marker=f"[{len(chosen) + 1}]", hit=hit, group=group)
        added = tokens.count(f"{line_of(entry)}\n")
        if spent + added <= budget:
            chosen.append(entry)
            spent += added
    while cost(layout, chosen, tokens) > budget:
        chosen.pop()
    return chosen
