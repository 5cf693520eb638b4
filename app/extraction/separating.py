"""Two things that are told of oneself in one sentence, told apart, so that each can be kept by itself."""

import re

_I = r"(?<![\w,])I(?:['’](?:m|ve))?\s(?!(?:think|believe|hope|guess|know|say|said|wish|feel|told)\b)[^.!?;,\n]*?\w"
_AND_I_AFTER_A_BREAK = re.compile(r",\s+(?:and|but|so)\s+(?=I(?:['’](?:m|ve|d|ll))?\s)")
_AND_I = re.compile(
    rf"(?P<told>{_I})(?<!\bhe)(?<!\bshe)(?<!\bthey)(?<!\byou)(?<!wife)(?<!husband)(?<!friend)(?<!friends)(?<!partner)(?<!brother)(?<!sister)"
    r"(?<!\bmom)(?<!\bdad)(?<!mother)(?<!father)(?<!family)\s+(?:and|but)\s+(?=I(?:['’](?:m|ve|d|ll))?\s)"
)
_AND_DID = re.compile(
    rf"(?P<told>{_I}),?\s+and\s+(?P<adverb>(?:just|recently|also|now|then|finally)\s+)?"
    r"(?=(?:started|stopped|joined|moved|went|chose|quit|left|took|switched|adopted|bought|began|became|married)\b)"
)


def separated(text: str) -> str:
    """ "I moved to Lisbon and started a course" as "I moved to Lisbon. I started a course"."""
    apart = _AND_I_AFTER_A_BREAK.sub(". ", text)
    apart = _AND_I.sub(lambda found: f"{found['told']}. ", apart)
    return _AND_DID.sub(lambda found: f"{found['told']}. I {found['adverb'] or ''}", apart)
