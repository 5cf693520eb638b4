"""Names with their kinds: what the words around a name, its form and the gazetteers say it is."""

import re
from collections.abc import Sequence

from app.domain.graph import EntityType
from app.extraction import lexicon
from app.extraction.findings import FoundEntity, FoundTime, VocabularyTerm
from app.extraction.names import Name, demonyms, find_names
from app.extraction.reading import Reading

PERSON, ORGANIZATION, PLACE, TECHNOLOGY, PRODUCT, EVENT, CONCEPT, THING = (EntityType(t) for t in EntityType)

TAILS: dict[EntityType, frozenset[str]] = {
    ORGANIZATION: frozenset(
        """university college school academy institute inc inc. corp corp. ltd ltd. llc gmbh bank team fc united club
        band orchestra foundation agency association assurance partners labs lab studio studios group company society
        council committee church hospital airlines systems consulting solutions ventures capital insurance industries
        center centre clinic party union army red sox lakers""".split()
    ),
    PLACE: frozenset(
        """park lake river mountain mountains mount canyon beach street avenue road island islands bridge tower castle
        museum falls valley bay hall square garden gardens theatre theater hotel library cathedral stadium airport
        station city county forest desert coast harbor harbour peninsula palace temple arena zoo mall market cafe café
        creek hill hills peak trail ocean sea village town""".split()
    ),
    EVENT: frozenset(
        """fest festival conference conf summit cup olympics games marathon parade expo awards championship
        championships finals bowl meetup hackathon fair convention con day week tournament prix gala ceremony month
        workshop retreat race symposium""".split()
    ),
    CONCEPT: frozenset(
        "act law standard regulation theory syndrome principle effect disorder method therapy rights license licence".split()
    ),
    TECHNOLOGY: frozenset("server framework protocol engine compiler database api sdk cli os".split()),
}
LEFT: tuple[tuple[re.Pattern[str], EntityType], ...] = (
    (
        re.compile(
            r"\b(?:dog|cat|puppy|pup|kitten|kitty|pet|parrot|hamster|rabbit|bunny|horse|turtle|tortoise|bird|fish|guinea pig|snake|lizard|ferret|goat|pony|cow|chicken|tractor|boat|yacht|houseplant|plant|robot|teddy|doll),?(?: is| was)?(?: (?:called|named|name))?\s*,?\s*$"
        ),
        THING,
    ),
    (
        re.compile(
            r"\b(?:friend|brother|sister|wife|husband|son|daughter|mother|father|mom|dad|mum|boss|manager|colleague|coworker|co-worker|teacher|coach|uncle|aunt|cousin|nephew|niece|partner|boyfriend|girlfriend|neighbor|neighbour|doctor|dr\.|mr\.|mrs\.|ms\.|prof\.|author|singer|actor|actress|artist|writer|painter|roommate|mentor|therapist|engineer|designer|lead|intern|teammate|grandma|grandpa|grandmother|grandfather),?(?: (?:is )?(?:called|named))?\s*,?\s*$"
        ),
        PERSON,
    ),
    (
        re.compile(
            r"\b(?:company|startup|band|team|club|agency|vendor|supplier|provider|employer|organi[sz]ation|charity|bank|insurer|university|college|label|client|customer|contractor|firm|auditor)(?: (?:called|named))?\s*,?\s*$"
        ),
        ORGANIZATION,
    ),
    (
        re.compile(
            r"\b(?:work(?:s|ed|ing)? (?:at|for)|job at|join(?:s|ed|ing)?|hired by|intern(?:ed|ing|ship)? at|deal with|contract with|sponsored by|endorsement with|interview (?:at|with)|fan of|root(?:ing)? for|support|signed with|bought from|acquired by)\s+(?:the )?$"
        ),
        ORGANIZATION,
    ),
    (
        re.compile(
            r"\b(?:game|movie|film|book|novel|show|series|album|song|app|podcast|magazine|console|car|laptop|phone|camera|blog|newsletter|page|document|doc|playlist|playing|reading|rereading|watching|watched|played|reread|listening to|read|drive|drove|driving)(?: (?:called|named|titled))?\s*,?\s*(?:the )?$"
        ),
        PRODUCT,
    ),
    (
        re.compile(
            r"\b(?:conference|festival|tournament|convention|competition|meetup|hackathon|workshop|party|event)(?: (?:called|named))?\s*,?\s*$"
        ),
        EVENT,
    ),
    (
        re.compile(
            r"\b(?:language|framework|library|database|tool|editor|protocol|package|engine|runtime|compiler|format|using|written in|built (?:with|in|on)|port(?:ed)? to|powered by|migrat(?:e|ed|ing) (?:to|from)|switch(?:ed|ing)? (?:to|from)|move(?:d)? (?:to|from)|instead of|replac(?:e|ed|ing) \w+ with|on top of|via|through|deploy(?:ed)? (?:to|on))(?: (?:called|named))?\s*(?:the )?$"
        ),
        TECHNOLOGY,
    ),
    (
        re.compile(
            r"\b(?:city|town|village|country|state|island|region|lives? in|living in|lived in|moved? to|moving to|born in|grew up in|based in|travel(?:l?ed|l?ing)? (?:to|in|around|through)|trip to|visit(?:s|ed|ing)?|flew to|fly(?:ing)? to|vacation in|tour(?:ed|ing)? (?:in|of)?|hiking in|hike in|been to|went to|from|near|in|drive to|flight to|home to|across|around)(?: (?:of|called|named))?\s+(?:the )?$"
        ),
        PLACE,
    ),
    (
        re.compile(
            r"\b(?:by|with|thanks to|told|asked|met|called|met with|tell|ask|and|between|says?|said|from|to|for|cc|ping|pinged|reviewed by|helped|married|love|miss|visited)\s+$"
        ),
        PERSON,
    ),
)
RIGHT: tuple[tuple[re.Pattern[str], EntityType], ...] = (
    (
        re.compile(
            r"^\s+(?:conference|festival|tournament|convention|meetup|hackathon|parade|party|workshop|celebration|event)\b"
        ),
        EVENT,
    ),
    (
        re.compile(
            r"^\s+(?:library|framework|database|driver|client|extension|plugin|packages?|modules?|workers?|suite|tests?|queries|query|schemas?|runtime|compiler|syntax|tokens?|clusters?|containers?|images?|replicas?|index(?:es)?|tables?|queues?|topics?|servers?|migrations?)\b"
        ),
        TECHNOLOGY,
    ),
    (
        re.compile(
            r"^\s+(?:\d[\d.]*\s+)?(?:service|project|codebase|repo|repository|app|application|deploy|deployment|release|pipeline|dashboard|board|file|game|series|movie|book|trilogy|novel|console|album|website|site|channel|page|account|backend|frontend|gateway|build|branch|monorepo|billing|importer|exporter|scheduler)\b"
        ),
        PRODUCT,
    ),
    (
        re.compile(r"^\s+(?:team|band|fans?|office|employees|invoice|contract|support|engineers?|players?|concert)\b"),
        ORGANIZATION,
    ),
    (re.compile(r"^\s+(?:region|area|datacenter|data centre|coast|downtown|airport)\b"), PLACE),
    (
        re.compile(
            r"^(?:,? who\b|\s+(?:said|says|told|asked|asks|thinks|wants|prefers|likes|loves|hates|joined|left|leads|owns|holds|wrote|agreed|suggested|confirmed|noticed|found|reviewed|merged|promised|called|emailed|shared|covers|runs|manages|will|would|and I\b|is (?:on|our|my|the|a|leaving|joining)|has (?:a|been|agreed)|needs|took|takes|handles|approved|started|fixed|reported|moved|works?|lives?|got|went|came|gave|made|knows)\b)"
        ),
        PERSON,
    ),
)
_VOCATIVE = re.compile(
    r"(?:^|[.!?…]\s*|\b(?:hey|hi|hello|thanks|thank you|yeah|yes|no|wow|ok|okay|congrats|dear|sure|bye|morning|sorry|oh|welcome|cheers|absolutely|definitely|exactly|agreed|cool|nice|awesome|great|totally|man|well|night)\b[,!]?\s*|,\s*)$",
    re.IGNORECASE,
)
_AFTER_VOCATIVE = re.compile(r"^\s*(?:[,!?.…]|-|–|$)")
_LANGUAGE_CUE = re.compile(
    r"\b(?:speak|speaks|speaking|spoke|learn|learning|learns|learned|study|studying|teach|teaches|in|fluent in|translate|translated to|into)\s+$",
    re.IGNORECASE,
)
_PET_TALK = re.compile(
    r"\b(?:dogs?|cats?|pup|puppy|puppies|pups|kittens?|kitty|pets?|furry|fur|paws?|tail|parrot|hamster|rabbit|turtles?)\b",
    re.IGNORECASE,
)
_STANDARD = re.compile(
    r"(?:RFC|ISO|SOC|PEP|IEC|IEEE|ANSI|NIST|PCI|HIPAA|GDPR|CCPA|ECMA|WCAG|LGBT\w*\+?|CBT|ADHD|PTSD|STEM|BLM)(?:[ -]?\S+)?"
)


def find_entities(
    reading: Reading, times: Sequence[FoundTime], vocabulary: dict[str, VocabularyTerm]
) -> list[FoundEntity]:
    """Every mention of a name, in order of the text."""
    people = _speakers(reading)
    names = find_names(reading, times, people, vocabulary)
    counts: dict[str, int] = {}
    for name in names:
        counts[name.text] = counts.get(name.text, 0) + 1
    return [
        FoundEntity(
            name=vocabulary[name.text.lower()].name if name.text.lower() in vocabulary else name.text,
            type=_type(reading, name, people, vocabulary),
            start=name.start,
            end=name.end,
            salience=_salience(reading, name, counts[name.text]),
        )
        for name in names
    ]


def _speakers(reading: Reading) -> frozenset[str]:
    """Names of those who talk, whole and by word, in lower case; roles such as "user" are no names."""
    found: set[str] = set()
    for speaker in (reading.turn.speaker, reading.turn.previous_speaker):
        if speaker and speaker.lower() not in {"user", "agent", "assistant", "system", "tool", "human", "bot"}:
            found |= {speaker.lower(), *speaker.lower().split()}
    return frozenset(found)


def _type(reading: Reading, name: Name, people: frozenset[str], vocabulary: dict[str, VocabularyTerm]) -> EntityType:
    lower = name.text.lower()
    if term := vocabulary.get(lower):
        return term.type
    if lower in people or _is_nickname(lower, people):
        return PERSON
    left, right = _around(reading, name)
    if name.is_quoted:
        return PRODUCT
    if _STANDARD.fullmatch(name.text):
        return CONCEPT
    if name.text in demonyms():
        return CONCEPT
    return (
        _by_strong_context(left, right, name)
        or _by_gazetteer(reading, name, left, right)
        or _by_context(reading, name, left, right)
        or _by_form(reading, name)
    )


def _is_nickname(lower: str, people: frozenset[str]) -> bool:
    """ "Mel" for Melanie: the beginning of a speaker's name."""
    return len(lower) >= 3 and any(name.startswith(lower) for name in people)


def _around(reading: Reading, name: Name) -> tuple[str, str]:
    sentence = reading.sentence_at(name.start)
    begin, end = (sentence.start, sentence.end) if sentence else (0, len(reading.text))
    return reading.text[max(begin, name.start - 40) : name.start], reading.text[name.end : min(end, name.end + 40)]


def _by_strong_context(left: str, right: str, name: Name) -> EntityType | None:
    """The noun that a name explains ("our parrot Coco") or that it qualifies, and its own last word."""
    lowered = left.lower()
    for pattern, found in LEFT[:2]:
        if pattern.search(lowered):
            return found
    words = name.text.lower().split()
    if len(words) > 1:
        for kind, tails in TAILS.items():
            if words[-1] in tails:
                return kind
        if "&" in words:
            return ORGANIZATION
        if words[0] in {"lake", "mount", "mt", "saint", "fort", "port", "cape", "san", "santa", "los", "las", "new"}:
            return PLACE
    if not name.labels & {"TECHNOLOGY"}:
        for pattern, found in (RIGHT[0],):
            if pattern.search(right):
                return found
    return None


def _by_gazetteer(reading: Reading, name: Name, left: str, right: str) -> EntityType | None:
    labels = name.labels
    if not labels:
        return None
    lowered = left.lower()
    if "TECHNOLOGY" in labels and (reading.is_technical or not labels & {"PERSON", "PLACE"}):
        return TECHNOLOGY
    if labels >= {"PERSON", "PLACE"}:
        return PLACE if LEFT[7][0].search(lowered) and not _AFTER_NAME_PERSON.search(right) else PERSON
    if "PLACE" in labels:
        return PLACE
    if "PERSON" in labels:
        if (
            LEFT[7][0].search(lowered)
            and lowered.rstrip().endswith((" in", " to"))
            and lexicon.is_word(name.text.lower())
        ):
            return None
        return THING if _is_pet(reading, name, lowered) else _code_name(reading, name, left, right) or PERSON
    if "ORGANIZATION" in labels:
        context = _by_context(reading, name, left, right)
        return context if context in {PRODUCT, EVENT, TECHNOLOGY} else ORGANIZATION
    return EntityType(next(iter(sorted(labels))))


_AFTER_NAME_PERSON = RIGHT[5][0]


def _code_name(reading: Reading, name: Name, left: str, right: str) -> EntityType | None:
    """A first name that is also a word may be what a project is called: "the Iris service"."""
    article = left.lower().endswith("the ")
    return PRODUCT if reading.is_technical and article and RIGHT[2][0].search(right) else None


def _is_pet(reading: Reading, name: Name, left: str) -> bool:
    """ "Their name is Biscuit": the talk is of animals and the name is introduced."""
    introduced = re.search(
        r"\b(?:names? (?:is|are|was|were)|named|called|meet|(?:this|that|here) is)\s+(?:\w+ and )?$", left
    )
    about = f"{reading.turn.previous or ''} {reading.text}"
    return bool(introduced) and bool(_PET_TALK.search(about))


def _by_context(reading: Reading, name: Name, left: str, right: str) -> EntityType | None:
    lowered = left.lower()
    if _is_pet(reading, name, lowered):
        return THING
    if (
        not reading.is_technical
        and _VOCATIVE.search(lowered)
        and _AFTER_VOCATIVE.search(right)
        and " " not in name.text
    ):
        return PERSON
    for pattern, found in RIGHT[1:5]:
        if pattern.search(right) and (found is not TECHNOLOGY or reading.is_technical):
            return found
    if RIGHT[5][0].search(right) and not lexicon.is_word(name.text.lower()):
        return PERSON
    for pattern, found in LEFT[2:]:
        if pattern.search(lowered) and (found is not TECHNOLOGY or reading.is_technical):
            return found
    return None


def _by_form(reading: Reading, name: Name) -> EntityType:
    words = name.text.split()
    squeezed = name.text.replace("-", "")
    if len(words) == 1:
        if re.fullmatch(r"\w*(?:Con|Conf|Fest|Days|Camp)(?:\d*)", name.text) or re.fullmatch(
            r"(?:Py|Dev|Js|JS|Go|Rust|Kube)[A-Z]\w+", name.text
        ):
            return EVENT if re.search(r"Con|Conf|Fest|Days|Camp|Summit|Nordic", name.text) else TECHNOLOGY
        if re.search(r"(?:DB|SQL|JS|API|SDK|OS|QL|ML|MQ|RPC|HTTP|SSL|TLS)$", name.text):
            return TECHNOLOGY
        if squeezed.isupper() and len(squeezed) > 1:
            return TECHNOLOGY if reading.is_technical else ORGANIZATION
        if re.search(r"[a-z][A-Z]", name.text):
            return TECHNOLOGY if reading.is_technical else PRODUCT
        if lexicon.is_word(name.text.lower()):
            return PRODUCT
        return PERSON
    if all(lexicon.is_word(word.lower()) for word in words) or len(words) > 3:
        return PRODUCT
    return PERSON


def _salience(reading: Reading, name: Name, count: int) -> float:
    """A name that is only called out to is least central; one that opens the sentence or returns, most."""
    left, right = _around(reading, name)
    if _VOCATIVE.search(left.lower()) and _AFTER_VOCATIVE.search(right):
        return 0.1
    return min(1.0, 0.5 + 0.2 * (name.first == 0) + 0.1 * count)
