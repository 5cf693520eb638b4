"""Whom or what a clause speaks of."""

import re
from dataclasses import dataclass

from app.extraction import lexicon
from app.extraction.values import value_stems


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom or what a clause speaks of. `owner` is "" where nobody is named. "My sister" is the speaker's, "Tom's brother" Tom's."""

    owner: str
    stems: frozenset[str]
    is_named: bool

    def is_same(self, other: "Party") -> bool:
        """The same words, or a name and more of the same name."""
        if self.owner and other.owner and self.owner != other.owner:
            return False
        a, b = self.stems, other.stems
        if a == b:
            return True
        return (a < b or b < a) and (self if a < b else other).is_named


_WITH_OTHERS = re.compile(r"^(\S+) and the others$")
"""How a fact says "we"."""


def party(words: str, speaker: str | None) -> Party:
    told, owner = words.strip(), ""
    me = (speaker or "i").casefold()
    if told in {"i", "me", "we", "us"}:
        return Party(owner="", stems=frozenset({me} if told in {"i", "me"} else {me, "we"}), is_named=True)
    if match := _WITH_OTHERS.match(told):
        return Party(owner="", stems=frozenset({match[1], "we"}), is_named=True)
    is_described = False
    if match := re.match(r"^(my|our|his|her|their|the|a|an|this|every|all) (.+)$", told):
        owner, told, is_described = (me if match[1] == "my" else ""), match[2], True
    if match := re.match(r"^(.+?)(?:'s|s') (.+)$", told):
        owner, told, is_described = match[1], match[2], True
    if match := re.match(r"^(.+?) (?:of|for) (?:the |my |our )?(.+)$", told):
        told, owner = match[1], match[2]
    stems = value_stems(re.sub(r"\b(?:new|other|whole)\b", "", told)) or frozenset({told})
    bare = told.split()
    is_named = not is_described and (len(bare) == 1 or not any(lexicon.is_word(word) for word in bare))
    return Party(owner=owner, stems=stems, is_named=is_named)
