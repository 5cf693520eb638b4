"""Where the names stand: runs of capitalised words, quoted titles, and what the gazetteers know."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from app.domain.vocabulary import VocabularyTerm
from app.extraction import lexicon
from app.extraction.findings import FoundTime
from app.extraction.reading import DEVELOPMENT, Reading
from app.ports.models import Token

MONTHS_AND_DAYS = lexicon.listed("""january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs
    fri sat sun mondays tuesdays wednesdays thursdays fridays saturdays sundays""")
GENERIC = lexicon.listed("""ai am api apis asap atm bbq btw cd cdn ceo cfo ci cd cto cpu cpus crud dad diy dj dm dms dvd eta eod etc
    faq fyi gc gif god gpu gps gui hr id ide ids idk imo imho io ip irl it jk kpi lan led lol lmao mom mr mrs ms mvp
    nda ngl ok omg oom orm os otp p50 p95 p99 pc pcs phd pic pin pm pms po pr prs ps q1 q2 q3 q4 qa qr ram rant rip
    rom roi rpc rpg rss rsvp sdk sdks sla slas slo slos smh ssd ssn sso tbd tbh tldr todo tv tvs ttl ui uid url urls usb utc ux
    vip vm vms vpn vps vr wip wifi wi-fi xp cli clis db dbs i ive im id ill mum papa mama grandma grandpa auntie uncle
    aunt santa sir madam miss doc dr prof let here congrats voyage man men boy dude guys girl gosh honey dear true love bro sis babe buddy pal folks gb mb kb tb ghz mhz hz km kg cm mm hq bff pov vat note reminder fix lesson decision update warning tip fact todo""")
JOINERS = frozenset({"of", "the", "de", "la", "le", "van", "von", "der", "den", "del", "di", "da", "du", "y", "&"})
MAX_TOKENS = 10
_RUNNING = re.compile(
    r" (?:caches|stores|exposes|publishes|consumes|emits|replicates|validates|parses|proxies|runs on|is (?:written|built) in|talks to|depends on|writes to|reads from) "
)
PRESENTED = re.compile(r", (?:our|my|the) (?:[a-z][\w-]* ){1,3}?[a-z][\w-]*,? ")
NAME_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "sir", "mr.", "mrs.", "ms.", "dr.", "prof."})
NUMBERED = re.compile(r"[A-Z][A-Z0-9-]{1,5}")
_SKIPPED = re.compile(
    r"`[^`]*`|\b\w+://\S+|\bwww\.\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|(?<![\w/])(?:~|\.{1,2})?/[\w.@-]+(?:/[\w.@*-]+)*/?"
    r"|\b[\w-]{1,64}(?:/[\w.@-]{1,64}){1,16}\.\w+\b|\b\w*_\w+\b|\b[\w-]{1,64}\.(?:py|js|ts|tsx|json|ya?ml|toml|md|txt|csv|sh|go|rs|sql|lock|env|ini|cfg|log|html|css)\b"
    r"|(?<!\w)--?[a-z][\w-]*|\b[a-z]+[A-Z]\w*\(\)|\b\w+\(\)|#\w+|\b[A-Z]{2,}-\d+\b(?=\s|[.,;:)]|$)"
)
_QUOTED = re.compile(r"[\"“«]([^\"“”«»\n]{2,60})[\"”»]|(?<!\w)['‘]([A-Z][^'‘’\n]{1,50})['’](?!\w)")
_LANGUAGE_CUE = re.compile(
    r"\b(?:[Ss]peak|speaks|reads?|understands?|[Ss]peaking|spoke|[Ll]earn|learns|[Ll]earning|[Ll]earned|[Ss]tudy|studies|[Ss]tudying|teach|teaches|teaching|fluent in"
    r"|took|take|taking|practi[cs](?:e|es|ed|ing)|pick(?:ed)? up|brush(?:ing|ed)? up(?: on)?|translat(?:ed?|ion) (?:in)?to|(?:summar\w+|lines?|logs?|docs|comments|titles?|notes|subtitles) in|(?i:speak|spoke|talk|write|wrote|answer|reply|sing|written|text)\w*(?: \w+)? in)\s+(?:(?:some|basic|fluent|my|her|his|a little|a bit of|[A-Z]\w+) (?:and )?)?$"
)
_INTERJECTION = re.compile(
    r"a+w+|a+h+|w+h*[oau]+h*|w+o+w+|y[ae]+[hsy]+|h+m+|m+h*m*|u+[gfh]+h*|e+[wk]+|o+[hwof]+|ha(?:ha)*h?|he(?:he)+|woo+t?|yikes|phew|oops|ouch|tada|yum+"
    r"|psst|meh|duh|eh|huh|sheesh|jeez|geez|aye|wassup|sup|howdy|heya|hiya|yo|yay+|woo-hoo|woohoo|hooray|hurray|yoo-?hoo|lmk|fyi|btw|ngl|tysm|pls|plz|thx|congratz|np"
)
_IN = re.compile(r"\b(?:in|into)\s+$")
_IMPORTED = re.compile(r"\b(?:import(?:s|ed|ing)?|(?:un)?install(?:s|ed|ing)?|pip|npm|brew|apt|cargo)\s+$")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+\w*|v\d+")
_ACRONYMS = re.compile(r"[A-Z]{2,}s")
_CAMEL = re.compile(r"[a-z]{1,3}[A-Z][A-Za-z]+|[A-Z][a-z0-9]+[A-Z]\w*|[A-Z]{2,}[a-z]\w+")
_EMPHASIS = re.compile(r"[A-Z]{2,}$")


@dataclass(frozen=True, slots=True)
class Name:
    """A span that names something. `labels` is what the gazetteers say, `first` and `stop` its token range."""

    start: int
    end: int
    first: int
    stop: int
    text: str
    labels: frozenset[str]
    first_labels: frozenset[str] = frozenset()
    is_quoted: bool = False


@cache
def demonyms() -> frozenset[str]:
    text = (resources.files("app.extraction.data") / "demonyms.txt").read_text("utf-8")
    return frozenset(text.split())


def find_names(
    reading: Reading, times: Sequence[FoundTime], people: frozenset[str], vocabulary: dict[str, VocabularyTerm]
) -> list[Name]:
    """Names in order, the longest wherever two would overlap. `people` are lower-case names of those who speak."""
    return _Finder(reading, times, people, vocabulary).find()


class _Finder:
    def __init__(
        self,
        reading: Reading,
        times: Sequence[FoundTime],
        people: frozenset[str],
        vocabulary: dict[str, VocabularyTerm],
    ) -> None:
        self._reading = reading
        self._people = people
        self._vocabulary = vocabulary
        self._labels: dict[tuple[int, int], set[str]] = {}
        for span in reading.named:
            self._labels.setdefault((span.start, span.end), set()).add(span.label)
        self._reach: dict[int, int] = {}
        for begin, end in self._labels:
            self._reach[begin] = max(end, self._reach.get(begin, 0))
        closed = [match.span() for match in _SKIPPED.finditer(reading.text)]
        closed += [(time.start, time.end) for time in times]
        self._quoted = [m.span(1 if m.group(1) else 2) for m in _QUOTED.finditer(reading.text) if _is_title(m)]
        tokens = reading.tokens
        mask = bytearray(len(reading.text))
        for start, end in (*closed, *self._quoted):
            mask[start:end] = b"\1" * (end - start)
        self._free = [not any(mask[t.start : t.end]) for t in tokens]
        self._starts = {s.first for s in reading.sentences}
        self._elsewhere = self._seen_inside()

    def find(self) -> list[Name]:
        found = [self._quoted_name(start, end) for start, end in self._quoted]
        free = self._free
        is_name = [free[i] and self._may_name(i) for i in range(len(free))]
        self._add_phrases(is_name, free)
        self._add_known(is_name, free)
        for first, stop in self._runs(is_name, free):
            found.extend(self._trimmed(first, stop))
        return sorted(found, key=lambda name: name.start)

    def _seen_inside(self) -> frozenset[str]:
        """Words written with a capital where no sentence begins, here or in what was said before."""
        tokens = self._reading.tokens
        here = {t.text for i, t in enumerate(tokens) if t.text[:1].isupper() and i not in self._starts}
        before = re.findall(r"(?<=[a-z,] )[A-Z][\w'’-]+", self._reading.turn.previous or "")
        return frozenset(here | set(before))

    def _quoted_name(self, start: int, end: int) -> Name:
        tokens = self._reading.tokens
        first = bisect_left(tokens, start, key=lambda token: token.start)
        stop = bisect_left(tokens, end, lo=first, key=lambda token: token.start)
        return Name(start, end, first, stop, self._reading.text[start:end], frozenset(), is_quoted=True)

    def _add_phrases(self, is_name: list[bool], free: list[bool]) -> None:
        """All words of a phrase that a gazetteer lists, be they ordinary or short ones; months inside a name."""
        tokens = self._reading.tokens
        places = {t.start: i for i, t in enumerate(tokens)}
        for start, end in self._labels:
            first = places.get(start)
            if first is None or tokens[first].end == end or not tokens[first].text[0].isupper():
                continue
            for i in range(first, len(tokens)):
                if tokens[i].start >= end:
                    break
                is_name[i] = free[i]
        for i in range(1, len(tokens) - 1):
            if self._reading.lowers[i] in MONTHS_AND_DAYS and is_name[i - 1] and is_name[i + 1] and free[i]:
                is_name[i] = tokens[i].text[0].isupper()

    def _add_known(self, is_name: list[bool], free: list[bool]) -> None:
        """Names that gazetteers and vocabulary know and that are not written with a capital."""
        tokens = self._reading.tokens
        spans = {span for span, labels in self._labels.items() if "TECHNOLOGY" in labels}
        for i, token in enumerate(tokens):
            lower = self._reading.lowers[i]
            known = lower in self._vocabulary and not lexicon.is_word(lower)
            technology = (token.start, token.end) in spans and token.text.islower() and len(token.text) > 2
            technology = technology or (
                token.is_word
                and bool(_IMPORTED.search(self._reading.text[max(0, token.start - 14) : token.start]))
                and lexicon.first_tag(lower) not in {"DT", "IN", "PRP$", "CC", "JJ", "TO"}
                and len(lower) > 2
            )
            if free[i] and (known or (technology and self._reading.is_work)):
                is_name[i] = True

    def _may_name(self, i: int) -> bool:
        token, lower = self._reading.tokens[i], self._reading.lowers[i]
        text = token.text
        if not token.is_word or lower in MONTHS_AND_DAYS or _is_generic(text) or text in demonyms():
            return self._is_demonym_name(i)
        if _CAMEL.fullmatch(text):
            return True
        if not self._is_written_large(i):
            return False
        if _EMPHASIS.match(text) and lexicon.is_word(lower) and not self._known(i):
            return False
        if i not in self._starts and not self._after_mark(i):
            return lexicon.first_tag(lower) not in {"PRP", "PRP$", "DT", "IN", "CC", "WP", "WRB", "UH", "MD"} or bool(
                self._known(i) & {"PERSON"}
            )
        return self._begins_with_name(i)

    def _is_written_large(self, i: int) -> bool:
        """With a capital, or with a digit where a gazetteer knows the word ("1Password"); a single letter must be known."""
        text = self._reading.tokens[i].text
        if text[0].isdigit():
            return bool(self._known(i)) and not text.isdigit()
        return text[0].isupper() and (len(text) > 1 or bool(self._known(i)))

    def _is_demonym_name(self, i: int) -> bool:
        """A demonym is part of a name before another capital ("British Museum"), and a language where one is meant."""
        tokens = self._reading.tokens
        if tokens[i].text not in demonyms():
            return False
        before = self._reading.text[max(0, tokens[i].start - 30) : tokens[i].start]
        if _IN.search(before) and (i + 1 == len(tokens) or not tokens[i + 1].is_word):
            return True
        if _LANGUAGE_CUE.search(before):
            after = self._reading.tags[i + 1][:1] if i + 1 < len(tokens) else ()
            return after not in {("NN",), ("NNS",)} or self._reading.lowers[i + 1] in _TAUGHT
        if i + 1 >= len(tokens):
            return False
        following = tokens[i + 1].text
        return following[:1].isupper() and following not in demonyms() and lexicon.is_word(following.lower())

    def _after_mark(self, i: int) -> bool:
        """Whether a capital may come from a colon, a bullet or an opening quote rather than from a name."""
        return i > 0 and self._reading.tokens[i - 1].text in {
            ":",
            "-",
            "*",
            "...",
            "…",
            "/",
            "|",
            "~",
            "=",
            "•",
            '"',
            "“",
            "–",
            "—",
            ">",
            "(",
        }

    def _begins_with_name(self, i: int) -> bool:
        """Where a sentence begins, a capital says nothing: the word itself or its neighbours must."""
        token, lower = self._reading.tokens[i], self._reading.lowers[i]
        plain = lower.replace("’", "'")
        if lower in self._people or lower in self._vocabulary:
            return True
        if not lexicon.is_word(plain):
            return self._is_strange(i, plain)
        if token.text in self._elsewhere and lexicon.first_tag(plain) in _NAMELIKE:
            return True
        return i + 1 < len(self._reading.tokens) and self._goes_on_as_name(i, plain)

    def _goes_on_as_name(self, i: int, plain: str) -> bool:
        """What follows an ordinary word with a capital: the rest of a phrase, a person's verb, another capital."""
        token, following = self._reading.tokens[i], self._reading.tokens[i + 1]
        if self._reach.get(token.start, 0) >= following.end:
            return True
        known, tag = self._known(i), lexicon.first_tag(plain)
        if tag == "NN" and (PRESENTED.match(self._reading.text, token.end) or self._is_run(token, plain)):
            return True
        if "PERSON" in known and following.text in {",", "!"}:
            return tag in _NAMELIKE | {"VB"} and (following.text == "," or i == 0)
        if "TECHNOLOGY" in known:
            return self._reading.is_technical and self._takes_verb(i)
        if "PERSON" in known:
            return plain not in {"will", "may"} and (
                self._reading.lowers[i + 1] in _ONLY_PEOPLE or self._in_company(i) or self._has_surname(i, tag)
            )
        is_capital = following.text[:1].isupper() and self._mid_name(i + 1)
        return is_capital and (tag == "NN" or (tag == "JJ" and lexicon.is_word(following.text.lower())))

    def _is_run(self, token: Token, plain: str) -> bool:
        """ "Puffin caches thumbnails": one thing without an article that does what programs do."""
        is_one = (
            not plain.endswith(("ing", "ion", "ment", "ness", "ity", "one", "body", "thing", "s"))
            and plain not in DEVELOPMENT
        )
        return self._reading.is_work and is_one and bool(_RUNNING.match(self._reading.text, token.end))

    def _takes_verb(self, i: int) -> bool:
        return self._reading.lowers[i + 1] in _VERBS_AFTER_NAME or self._reading.tags[i + 1][:1] in {("VBZ",), ("VBD",)}

    def _is_strange(self, i: int, plain: str) -> bool:
        """No English word, no exclamation and no plain inflection: a name even where a sentence begins."""
        text = self._reading.tokens[i].text
        if len(text) < 2 or "`" in text or "'" in text[:2] or _is_contraction(self._reading, i):
            return False
        if _INTERJECTION.fullmatch(plain):
            return False
        return bool(self._known(i)) or not plain.endswith(("ing", "ies", "ness", "ings", "iest"))

    def _in_company(self, i: int) -> bool:
        """ "Rose and Ben": joined to another person."""
        return (
            self._reading.lowers[i + 1] == "and"
            and i + 2 < len(self._reading.tokens)
            and "PERSON" in self._known(i + 2)
        )

    def _has_surname(self, i: int, tag: str) -> bool:
        """ "Maya Lindqvist": another capital that is no place or thing; with a verb behind it where the two may be
        an order ("Mark Berg") or two people ("Rose Miller")."""
        following, known = self._reading.tokens[i + 1].text, self._known(i + 1)
        if not following.istitle() or known - {"PERSON"} or self._reading.lowers[i + 1] in GENERIC:
            return False
        unclear = tag in {"VB", "VBP", "MD"} or known
        return not unclear or (i + 2 < len(self._reading.tokens) and self._is_done_by_people(i + 2))

    def _is_done_by_people(self, i: int) -> bool:
        return self._reading.lowers[i] in _ONLY_PEOPLE | _VERBS_AFTER_NAME or self._reading.tags[i][:1] == ("VBD",)

    def _mid_name(self, i: int) -> bool:
        """A capitalised word that goes on a name which began as an ordinary word: no person, no pronoun."""
        lower = self._reading.lowers[i]
        return lower not in self._people and lower not in GENERIC and not self._known(i) & {"PERSON"}

    def _known(self, i: int) -> set[str]:
        token = self._reading.tokens[i]
        return self._labels.get((token.start, token.end), set())

    def _runs(self, is_name: list[bool], free: list[bool]) -> Iterator[tuple[int, int]]:
        """Token ranges of neighbouring name words, over "of", "&", hyphens and the like."""
        i = 0
        while i < len(is_name):
            if not is_name[i]:
                i += 1
                continue
            stop = i + 1
            while stop - i < MAX_TOKENS and (after := self._next(stop, is_name, free)) > stop:
                stop = after
            yield i, stop
            i = stop

    def _next(self, stop: int, is_name: list[bool], free: list[bool]) -> int:
        """Where the run goes on to, or `stop` when it ends here."""
        tokens, lowers = self._reading.tokens, self._reading.lowers
        if stop >= len(tokens) or not free[stop] or stop in self._starts:
            return stop
        gap = tokens[stop].start - tokens[stop - 1].end
        if gap > 1 or (gap == 0 and tokens[stop].is_word):
            return stop
        if is_name[stop]:
            return stop if lowers[stop] in self._people or lowers[stop - 1] in self._people else stop + 1
        if tokens[stop].text.isdigit() and gap == 1 and self._takes_number(stop):
            return stop + 1
        for width in (1, 2):
            last = stop + width
            joined = lowers[stop:last]
            if last < len(tokens) and is_name[last] and self._joins(joined, stop, last):
                return last + 1
        return stop

    def _joins(self, words: tuple[str, ...], stop: int, last: int) -> bool:
        tokens = self._reading.tokens
        if any(token.text == "The" for token in tokens[stop:last]):
            return False
        if words == ("-",):
            return tokens[stop].start == tokens[stop - 1].end and tokens[last].start == tokens[stop].end
        if words in {("'s",), ("’s",)}:
            return lexicon.is_word(self._reading.lowers[last]) and (
                self._reading.lowers[last] in _PLACES_OF or lexicon.is_word(self._reading.lowers[stop - 1])
            )
        if words in _WITHIN_TITLES:  # "The Girl on the Train", "Doctors Without Borders"
            ends = (stop - 1, last)
            return all(lexicon.is_word(self._reading.lowers[j]) and not tokens[j].text.isupper() for j in ends)
        if words in {("&",), ("of",), ("of", "the")}:
            return words != ("of",) or not self._is_named(stop)  # "Amara Osei of Finchley Robotics"
        return all(word in JOINERS and word not in {"the", "of", "&"} for word in words)

    def _is_named(self, stop: int) -> bool:
        """Whether a person's whole name ends here: a first name and what is no word."""
        return stop > 1 and "PERSON" in self._known(stop - 2) and not lexicon.is_word(self._reading.lowers[stop - 1])

    def _takes_number(self, stop: int) -> bool:
        """ "RFC 822", "ISO 8601": the number is part of a standard's name; after a technology it is a version."""
        before = self._reading.tokens[stop - 1]
        labels = self._labels.get((before.start, before.end), set())
        return bool(NUMBERED.fullmatch(before.text)) and "TECHNOLOGY" not in labels

    def _trimmed(self, first: int, stop: int) -> Iterator[Name]:
        """The run without titles and versions, cut where two names touch."""
        tokens = self._reading.tokens
        while first < stop and self._reading.lowers[first] in NAME_TITLES:
            first += 1
        while first < stop and _VERSION.fullmatch(tokens[stop - 1].text):
            stop -= 1
        for start, end in self._split(first, stop):
            titled = start > 0 and start - 1 not in self._starts and tokens[start - 1].text == "The"
            yield self._name(start - titled, self._with_event(start, end))

    def _with_event(self, first: int, stop: int) -> int:
        """ "Harbour fest": what kind of event it is belongs to its name, written small as well."""
        if (
            stop >= len(self._reading.tokens)
            or self._reading.tokens[stop].start != self._reading.tokens[stop - 1].end + 1
        ):
            return stop
        lower = self._reading.lowers[stop]
        of_pride = lower == "pride" and self._reading.tokens[first].text.startswith("LGBT")
        return stop + (
            of_pride or (lower in {"fest", "parade", "marathon"} and self._reading.tokens[first].text[:4] != "LGBT")
        )

    def _split(self, first: int, stop: int) -> Iterator[tuple[int, int]]:
        """Known spans inside a run of capitals stand alone when the rest is an ordinary opening word."""
        if stop - first >= 2 and first in self._starts:
            lower = self._reading.lowers[first]
            opening = lexicon.is_word(lower) and lexicon.first_tag(lower) not in {"NN", "NNS", "JJ", "NNP"}
            ordered = "VB" in self._reading.tags[first] and not lexicon.is_word(self._reading.lowers[first + 1])
            opening = opening or (ordered and "PERSON" not in self._known(first))
            person = bool(self._known(first + 1) & {"PERSON"}) and lexicon.is_word(lower) and not self._known(first)
            named = "PERSON" in self._known(first) and self._has_surname(first, lexicon.first_tag(lower))
            if (opening or person) and not (named or self._whole(first, stop)):
                first += 1
        if first < stop:
            yield first, stop

    def _whole(self, first: int, stop: int) -> bool:
        tokens = self._reading.tokens
        return (tokens[first].start, tokens[stop - 1].end) in self._labels

    def _name(self, first: int, stop: int) -> Name:
        tokens = self._reading.tokens
        start, end = tokens[first].start, tokens[stop - 1].end
        text = self._reading.text[start:end]
        while len(text) > 1 and text[-1] in ".-–—'’`":
            end, text = end - 1, text[:-1]
        labels = self._labels.get((start, end)) or (self._known(first) if stop - first == 1 else set())
        return Name(start, end, first, stop, text, frozenset(labels), frozenset(self._known(first)))


_WITHIN_TITLES = frozenset({("and", "the"), ("in", "the"), ("at", "the"), ("on", "the"), ("without",)})
_TAUGHT = lexicon.listed("class classes lesson lessons course courses exam")
_NAMELIKE = frozenset({"NN", "NNS", "NNP", "JJ"})
_ONLY_PEOPLE = lexicon.listed("""said says told asked asks emailed texted joined joins wrote agreed confirmed thinks thought wants wanted prefers owns
    leads suggested noticed reviewed promised shared mentioned insists recommended loves likes hates knows lives works
    moved quit resigned graduated married""")
_PLACES_OF = lexicon.listed(
    "pub bar grill kitchen deli hospital church cathedral school college university house square court inn bakery diner café cafe day"
)
_VERBS_AFTER_NAME = frozenset(
    {"is", "was", "has", "had", "will", "and", "'s", "’s", "can", "would", "does", "did", "uses"}
)


def _is_generic(text: str) -> bool:
    """Abbreviations that name a kind of thing, in the plural as well ("APIs")."""
    lower = text.lower().rstrip(".")
    return lower in GENERIC or bool(_ACRONYMS.fullmatch(text)) or lower.startswith(("i'", "i’", "i`"))


def _is_contraction(reading: Reading, i: int) -> bool:
    """ "Can't", "Gonna": what is cut before an apostrophe is no name, unless a possessive follows."""
    following = reading.lowers[i + 1] if i + 1 < len(reading.lowers) else ""
    return following in {"n't", "n’t", "'re", "’re", "'m", "’m", "'ve", "’ve", "na", "ta", "'ll", "’ll", "'d", "’d"}


def _is_title(match: re.Match[str]) -> bool:
    """A quotation that begins with a capital and ends without a stop is a title; else it is speech."""
    inner = (match.group(1) or match.group(2)).strip()
    words = inner.split()
    if not words or len(words) > 8 or not words[0][0].isupper() or inner[-1] in ".,?":
        return False
    return len(words) == 1 or lexicon.first_tag(words[0].lower().split("'")[0]) not in {"PRP", "UH", "MD"}
