"""Words reduced so that inflections of one word meet, and the words that carry no content of their own."""

import re
from collections.abc import Iterable
from functools import lru_cache

from app.extraction import lexicon

STOP = lexicon.listed("""a about above after again all almost alone along already also although always am among an and another any anybody
    anyone anything anyway are around as at away back be because been before being below best better between both bit but
    by came can cannot come comes coming could day days did do does doing done down during each either else enough even
    ever every everybody everyone everything far few first for forever from full fully further gave get gets getting give
    gives giving go goes going gone gonna good got gotta great guy guys had hardly has have having he her here hers herself
    him himself his how however i if in indeed into is it its itself just keep keeping keeps kind kinda know knows last
    lately later least less let lets like likely little lot lots made make makes making many matter may maybe me mean
    means might mine more most much must my myself nah near need needs never new next no nobody none nor not nothing now
    of off often oh ok okay on once one ones only or other others our ours ourselves out over own part people perhaps
    place plenty plus pretty probably put quite rather real really right said same say says see seeing seem seems seen
    self shall she should since so some somebody someone something sometimes somewhere soon sort still stuff such super
    sure take taken takes taking talk than that the their theirs them themselves then there these they thing things think
    thinking this those though through time times to today together told too took totally toward towards truly try trying
    under until up upon us used using usually very want wanted wants was way ways we well went were what whatever when
    whenever where whether which while who whole whom whose why will with within without won world would yeah yep yes
    yesterday yet you your yours yourself yourselves 's 're 've 'm 'll 'd n't ’s ’re ’ve ’m ’ll ’d n’t ca wo ai""")
_ENDINGS = re.compile(r"(?:ies|ied|ying)$|(?<=\w{3})(?:ing|ers?|ed|ely|ly|es|s|ment|ness|ful|ive|ion|ation|e|y)$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A rough stem: good for comparing what two texts speak of, not for reading."""
    plain = word.removesuffix("'s").removesuffix("’s")
    for _ in range(2):
        shorter = _ENDINGS.sub("", plain)
        if len(shorter) < 3:
            break
        plain = shorter
    if len(plain) > 3 and plain[-1] == plain[-2]:
        plain = plain[:-1]
    return plain


def content_stems(words: Iterable[str]) -> list[str]:
    """Stems of the words that say something, in order."""
    return [stem(word) for word in words if word not in STOP and any(c.isalnum() for c in word)]
