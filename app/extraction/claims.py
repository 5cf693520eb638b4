"""What clauses claim: of whom, about what, which value; and whether the matter holds one value at a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.extraction import lexicon
from app.extraction.clauses import Clause, subject_of
from app.extraction.parties import Party, party
from app.extraction.values import amounts, axis_of, begins_with_time, state, value_stems, versions, when


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`slot` names the matter. `is_event`: the verb itself tells of a change, whenever it happened.
    `old_value` is what the new value takes the place of, where that is said."""

    subject: Party
    slot: str
    value: str
    clause: Clause
    is_denied: bool = False
    is_event: bool = False
    old_value: str = ""


_BE = r"(?:(?:am|is|are|was|were|be|been|being|have|has|had|got|get|gets|getting|do|does|did|can) )*"
_OLD = r"(?P<old>[\w'.+# -]+?)"
_V = r"(?:the |a |an |my |our |their |his |her )?(?P<value>\S.*)"
_NEXT = r"(?= (?:and|but|because|since|with|so|after|before|until|last|this|when|where|who|which|that|using|for|as|per|every|between)\b|,|$)"
_SHORT_V = rf"(?:the |a |an |my |our |their |his |her )?(?P<value>\S.*?){_NEXT}"


def _says(predicate: str) -> re.Pattern[str]:
    return re.compile(rf"^(?P<subject>\S.*?) {_BE}(?:{predicate})$")


# Each: the matter, the words that claim it.
_SLOTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (slot, _says(predicate))
    for slot, predicate in (
        ("home", rf"(?:live|lives|living|lived|based|resides?|residing|settled|at home) in {_SHORT_V}"),
        ("place", rf"(?:(?:located|hosted|deployed|stored|kept|held|runs?|running|sits?|deploys?|deploying|parked|housed) (?:at|in|on|to|under|next to)|lives? (?:at|on|to|under|next to)) {_SHORT_V}"),
        ("employer", rf"(?:works?|working|employed|(?<=\bis )an? (?:\w+ )?\w+(?:er|or|ist|yst|ian|eer|nurse|chef|intern)(?= at)) (?:at|for|by) {_SHORT_V}"),
        ("team", rf"(?:plays?|playing) (?:[\w ]+? )?for {_SHORT_V}"),
        ("name", rf"(?:called|named|goes by) {_SHORT_V}"),
        ("partner", rf"(?:married to|engaged to|dating|in a relationship with) {_SHORT_V}"),
        ("owner", rf"(?:owned|maintained|led|managed|run|headed) by {_SHORT_V}"),
        ("origin", rf"(?:born|raised) in {_SHORT_V}"),
        ("made with", rf"(?:written|built|implemented|coded) in {_SHORT_V}"),
        ("gives", rf"returns? {_SHORT_V}"),
        ("study", r"(?:studies|studying|study) (?P<value>.+?)(?: (?:at|in|with) .*)?"),
    )
)  # fmt: skip
# Verbs that tell of a change: what they change is then so, whenever it happened.
_EVENTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (slot, _says(predicate))
    for slot, predicate in (
        ("home", rf"(?:moved|relocated|moving)(?: back| house| home| away)*(?: from {_OLD})? (?:to|into) {_SHORT_V}"),
        ("home -", rf"moved out of {_SHORT_V}"),
        ("employer", rf"(?:joined|started at(?! (?:the|an?) )|started a job at|started (?:to work|working) (?:at|for)|hired by|(?:got|found|took|landed|started) a (?:new )?job (?:at|with)) {_SHORT_V}"),
        ("employer -", rf"(?:left(?!.* (?:early|late|on time|at noon|at \d|for (?:the day|lunch|home))\b)|fired (?:from|by)|laid off (?:from|by)|resigned from|let go by|(?:my |his |her |their )?job (?:at|with)) {_SHORT_V}"),
        ("role", rf"(?:promoted to|became) {_SHORT_V}"),
        ("role -", rf"stepped down (?:as|from) {_SHORT_V}"),
        ("job -", r"(?:(?:left|resigned from) )?(?:my|his|her|their|the) job as (?:an? )?(?P<value>.+)"),
        ("study -", r"(?:dropped )?out of (?:the |his |her |my )?(?P<value>.+?)(?: (?:school|college|university|degree|program|course|studies))?"),
        ("name", rf"renamed(?: from {_OLD})? to {_SHORT_V}"),
        ("is", rf"(?:moved|changed|increased|decreased|reduced|raised|lowered|postponed|rescheduled|shortened|extended|upgraded|bumped|cut|set|grew|grown|went up|gone up|went down|dropped|rose|fell|shrank|pushed(?: back)?|brought forward)(?: from {_OLD})? to {_V}"),
    )
)  # fmt: skip
_CHANGED_OBJECT = re.compile(
    rf"^(?P<agent>\S+(?: \S+)?) {_BE}(?:raised|increased|lowered|reduced|cut|changed|set|bumped|extended|shortened|moved|migrated|switched|postponed|rescheduled|pushed|upgraded|downgraded|updated|made|rewrote|ported|turned|renamed) (?:the |our |my |his |her )?(?P<subject>[\w'./ -]+?)(?: from {_OLD})? (?P<joint>back to|over to|to|in|into|from) {_V}$"
)
_MADE = re.compile(
    rf"^(?P<agent>\S+(?: \S+)?) {_BE}(?:made|turned) (?:the |our |my )?(?P<subject>[\w' -]+?) (?P<value>public|private|optional|mandatory|read-only|open source)$"
)
_INSTEAD = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?P<subject>\S+(?: \S+)?) {_BE}(?:moved|moving|switched|migrated|changed|went|converted)(?: (?:the |our )?[\w ]+?)? from {_OLD} (?:over )?to {_SHORT_V}",
        rf"^(?P<subject>\S+(?: \S+)?) {_BE}(?:replaced|swapped) {_OLD} (?:with|by|for) {_SHORT_V}",
        rf"^(?P<subject>\S.*?) {_BE}(?P<value>\S.*?) (?:instead of|rather than|in place of) {_OLD}$",
    )
)
_HANDED_OVER = re.compile(
    rf"^\S+ {_BE}(?:handed|passed|gave|transferred)(?: over)? (?:the )?(?P<subject>[\w' -]+?)(?: over)? to (?P<value>\S+(?: \S+)?)$"
)
_TAKEN_OVER = re.compile(
    rf"^(?P<value>\S+(?: \S+)?) {_BE}(?:taken over|took over|inherited) (?:the )?(?P<subject>[\w' -]+?)(?: from {_OLD})?$"
)
_KEEPS = re.compile(
    rf"^(?P<value>\S+(?: \S+)?) {_BE}(?:maintains?|owns?|leads?|manages?|in charge of|responsible for|looks after) (?:the )?(?P<subject>\S.*)$"
)
_IS = re.compile(
    r"^(?P<subject>\S.*?) (?:have |has )?(?:is|are|was|were|am|=|equals|been|stays at)(?: set to| due(?: on)?| scheduled for| due by)? (?P<article>the |my |our |their |his |her |an? )?(?P<value>\S.*)$"
)
_ONCE = re.compile(
    rf"^(?P<subject>\S.*?) {_BE}(?P<verb>opens?|closes?|starts?|begins?|ends?|leaves?|arrives?|meets?|takes place|happens|expires?|ships?|departs?|returns) (?P<value>(?:at |on |in )?\S.*)$"
)
_COUNTED = re.compile(
    r"^(?P<subject>\S.*?) (?P<verb>takes?|costs?|requires?|needs|weighs?|allows?|holds?|measures?|lasts|has|have|supports|contains|includes) (?P<value>.*)$"
)
_USES = re.compile(
    rf"^(?P<subject>\S+(?: \S+){{0,2}}?|\S+ and the others) {_BE}(?:uses?|using|used|switched to|switching to|moved to|migrated to|went with|going with|chose|chosen|picked|runs? on|running on|written in|built (?:with|on)|depends on|relies on|communicates? (?:on|over|via)|tracks? \w+ (?:in|with)) (?:to use )?{_SHORT_V}"
)
_TASTE = re.compile(
    rf"^(?P<subject>\S.*?) {_BE}(?P<verb>(?:to )?(?:likes?|loves?|enjoys?|adores?|hates?|dislikes?|stand|fond of|afraid of|scared of|allergic to|drinks?|eats?|smokes?|plays?|prefers?|speaks?|owns?|knows?))(?:ing)? {_SHORT_V}"
)
_LIKED, _DISLIKED = (
    frozenset({"like", "love", "enjoy", "adore", "fond of", "prefer"}),
    frozenset({"hate", "dislike", "stand"}),
)
_ROLE = re.compile(
    rf"^(?P<subject>\S.*?) {_BE}(?:works? as |working as )(?:an? |the )?(?P<value>\S.*?)(?: (?:at|for|in) .*)?$"
    rf"|^(?P<subject2>\S.*?) {_BE}(?:an? |the )?(?P<value2>(?:junior|senior|lead|head|chief|staff|principal|deputy) \S.*?)(?: (?:at|for|in) .*)?$"
)
_OCCUPIED = re.compile(
    rf"^(?P<subject>\S.*?) {_BE}an? (?P<value>(?:\w+ )*?\w+(?:er|or|ist|yst|ian|eer|nurse|chef|pilot|cook|clerk|paramedic|assistant|intern|accountant))(?: (?:at|for|in) .*)?$"
)
_NO_OCCUPATION = re.compile(
    r"(?:father|mother|brother|sister|member|lover|user|owner|beginner|teenager|runner|hiker|swimmer|reader|speaker|gamer|listener|believer|volunteer|supporter|customer|sister|neighbor)$"
)
_NO_HOME = re.compile(
    r"\b(?:team|desk|role|position|department|project|seat|group|branch|room|tier|plan|level|place|stage|step|tears|floor|row|line|queue|side|front|back|end|table|window|sofa|couch|schedule|shift|mode|version|\d)\b"
)
_DATED = re.compile(r" (?:on|in|between|from|around) (?:\S+ ){0,6}(?:19|20)\d\d$")
"""How facts say when: "on 9 November 2026"."""
_SEARCH = re.compile(
    rf"^(?P<subject>\S.*?) {_BE}(?P<verb>looking for|searching for|hunting for|found) (?:an? |the |my |our )?(?P<value>\S.*)$"
)
_SOLD = re.compile(r"^\S+ (?:have |has )?(?:the |our |my |his |her |their )?(?P<subject>\S.*)$")


def claims(clause: Clause, speaker: str | None) -> Iterator[Claim]:
    """All that a clause can be read to claim; a verdict needs two that meet."""
    read = _Reader(clause, speaker)
    yield from read.events()
    yield from read.changed_objects()
    yield from read.states()
    if not clause.is_of_old:
        yield from read.standing()


class _Reader:
    def __init__(self, clause: Clause, speaker: str | None) -> None:
        self._clause, self._speaker, self._text = clause, speaker, clause.text

    def claim(self, subject: str, slot: str, value: str, old: str | None = None) -> Claim:
        return Claim(
            subject=party(subject, self._speaker),
            slot=slot,
            value=re.sub(r" (?:instead|rather) .*$", "", value).strip(" .,"),
            clause=self._clause,
            is_denied=self._clause.is_denied,
            is_event=bool(self._clause.ended_by),
            old_value=(old or "").strip(),
        )

    def event(self, subject: str, slot: str, value: str, old: str | None = None) -> Claim:
        return replace(self.claim(subject, slot, value, old), is_event=True)

    def events(self) -> Iterator[Claim]:
        for slot, pattern in _EVENTS:
            if not (match := pattern.search(self._text)):
                continue
            claim = self.event(match["subject"], slot.removesuffix(" -"), match["value"], match.groupdict().get("old"))
            undated = replace(claim, value=_DATED.sub("", claim.value))
            if slot == "job -":
                yield replace(claim, slot="state employment", value="left", is_denied=False)
            elif slot.endswith(" -"):
                yield replace(undated, is_denied=True)
            elif slot == "is":
                yield from _values(claim)
            elif slot == "home":
                yield from _values(replace(claim, slot="is"))
                yield from [undated] if self._is_home(undated.value) else ()
            else:
                yield undated
                yield from [replace(undated, slot="identity")] if slot == "name" else ()
                yield from [replace(claim, slot="state employment", value="employed")] if slot == "employer" else ()

    def _is_home(self, value: str) -> bool:
        return not begins_with_time(value) and not _NO_HOME.search(value) and " for " not in f"{self._text} "

    def changed_objects(self) -> Iterator[Claim]:
        if match := _CHANGED_OBJECT.search(self._text):
            slot = "made with" if match["joint"] == "in" else "is"
            yield from _values(self.event(match["subject"], slot, match["value"], match["old"]))
        if (match := _MADE.search(self._text)) and (axis := axis_of(match["value"])):
            yield self.event(match["subject"], f"state {axis[0]}", axis[1])
        if self._clause.ended_by == "sold" and (match := _SOLD.search(self._text)):
            yield replace(self.event(match["subject"], "state sale", "sold"), is_denied=False)
        if match := _TAKEN_OVER.search(self._text) or _HANDED_OVER.search(self._text):
            yield self.event(match["subject"], "owner", match["value"])
        for pattern in _INSTEAD:
            if match := pattern.search(self._text):
                yield self.claim(match["subject"], "instead", match["value"], match["old"])

    def states(self) -> Iterator[Claim]:
        if (found := state(self._text)) is None:
            return
        subject, axis, value = found
        event = bool(_CAME_INTO.search(self._text))
        for one in subject.split(" and ") if axis == "relationship" else [subject]:
            yield replace(self.claim(one, f"state {axis}", value), is_event=event)

    def standing(self) -> Iterator[Claim]:
        for slot, pattern in _SLOTS:
            if match := pattern.search(self._text):
                yield self.claim(match["subject"], slot, match["value"])
                if slot == "name":
                    yield self.claim(match["subject"], "identity", match["value"])
                if slot == "employer":
                    yield replace(self.claim(match["subject"], "state employment", "employed"))
        if match := _IS.search(self._text):
            yield from self._identities(match)
        yield from self._roles()
        yield from self._tastes()
        if match := _ONCE.search(self._text):
            yield from _values(self.claim(match["subject"], f"when it {match['verb'][:4]}", match["value"]))
        if match := _COUNTED.search(self._text):
            verb = match["verb"][:4]
            yield from (
                replace(one, slot=f"{one.slot}|{verb}")
                for one in _values(self.claim(match["subject"], "has", match["value"]))
                if one.slot.startswith("amount")
            )
        for name, number in versions(self._text).items():
            is_bare = name in {"version", "release"}
            yield self.claim(subject_of(self._clause) if is_bare else name, "version", number)

    def _identities(self, match: re.Match[str]) -> Iterator[Claim]:
        """ "The CTO is Ravi", also said as "Ravi is the CTO". Of what belongs to a kind ("Ravi is an engineer") there may be several."""
        claim = self.claim(match["subject"], "is", match["value"])
        yield from _values(claim)
        article = (match["article"] or "").strip()
        definite = _DEFINITE.match(match["subject"]) is not None
        if _THERE.match(match["value"]) and not when(match["value"]):
            yield from _found_at(claim, match["value"], is_thing=definite)
        elif article in {"", "a", "an"} and not _values_of(claim) and definite and not _is_participle(match["value"]):
            yield replace(claim, slot="kind" if article in {"a", "an"} else "identity")
            if claim.subject.owner and claim.subject.stems <= _KEEPER:
                yield self.claim(claim.subject.owner, "owner", claim.value)
        if article in {"the", "my", "our"} and not definite:
            turned = self.claim(f"{article} {match['value']}", "identity", match["subject"])
            yield turned
            yield from _values(replace(turned, slot="is"))

    def _roles(self) -> Iterator[Claim]:
        if match := _KEEPS.search(self._text):
            yield self.claim(match["subject"], "owner", match["value"])
        if match := _ROLE.search(self._text):
            yield self.claim(match["subject"] or match["subject2"], "role", match["value"] or match["value2"])
        if (match := _OCCUPIED.search(self._text) or _ROLE.search(self._text)) and not _NO_OCCUPATION.search(
            match["value"] or ""
        ):
            yield self.claim(match["subject"] or match["subject2"], "state employment", "employed")

    def _tastes(self) -> Iterator[Claim]:
        if match := _USES.search(self._text):
            used = self.claim(match["subject"], "use", match["value"])
            yield replace(used, is_event=used.is_event or bool(_TURNED_TO.search(self._text)))
        if match := _SEARCH.search(self._text):
            found = self.claim(match["subject"], "search", match["value"])
            yield replace(found, is_denied=True, is_event=True) if match["verb"] == "found" else found
        if match := _TASTE.search(self._text):
            verb = re.sub(r"s$", "", match["verb"].removeprefix("to "))
            found = self.claim(match["subject"], "taste" if verb in _LIKED | _DISLIKED else verb, match["value"])
            yield replace(found, is_denied=verb == "stand" or found.is_denied is not (verb in _DISLIKED))


_TURNED_TO = re.compile(r"\b(?:switched|moved|migrated|went|changed) (?:over )?(?:to|with)\b")
_CAME_INTO = re.compile(
    r"\b(?:broke up|split up|got|gave|had the baby|fixed|repaired|recovered|retired|sold|merged|found|started|landed|became|turned|back|resolved|cancell?ed|called off|laid off|again)\b"
)
_DEFINITE = re.compile(r"(?:the|my|our|his|her|their) |\S+(?: \S+)?'s? ")
_THERE = re.compile(r"(?:in|on|at|near|under|next to|behind|inside) ")
_COUNT = re.compile(r"\d[\d,.]*%?(?:$| (?!am\b|pm\b|o'clock|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[a-z])")
_KEEPER = value_stems("owner maintainer lead manager")


def _found_at(claim: Claim, where: str, *, is_thing: bool) -> Iterator[Claim]:
    """Things are at places. Whoever is "in Porto" is at home there, as far as one knows; not "on a team" or "in a meeting"."""
    preposition, place = where.split(" ", 1)
    if is_thing:
        yield replace(claim, slot="place", value=place)
    elif preposition == "in" and not lexicon.is_word(place.split(" ", 1)[0]) and not _NO_HOME.search(place):
        yield replace(claim, slot="home", value=place)


def _is_participle(words: str) -> bool:
    return bool({"VBN", "VBG"} & set(lexicon.tags(words.split(maxsplit=1)[0])))


def _values(claim: Claim) -> Iterator[Claim]:
    """The claim once for each kind of value that it gives."""
    found = _values_of(claim)
    yield from found
    if not found and claim.is_event and claim.slot == "is":
        yield replace(claim, slot="place")
        yield replace(claim, slot="identity")
    if claim.slot == "made with":
        yield claim


def _values_of(claim: Claim) -> list[Claim]:
    """Times or numbers. A bare number after "is" counts something; after "at" it is an hour."""
    is_timed = claim.slot.startswith(("is", "when")) and not (claim.slot == "is" and _COUNT.match(claim.value))
    if is_timed and begins_with_time(claim.value) and (timed := when(f"at {claim.value}")):
        return [replace(claim, slot=f"{claim.slot} {part}", value=value) for part, value in timed.items()]
    found = [replace(claim, slot=f"amount {one.unit}".strip(), value=one.number) for one in amounts(claim.value)]
    is_version = claim.is_event and re.fullmatch(r"v?\d+(?:\.\d+)*", claim.value)
    return [*found, replace(claim, slot="version", value=claim.value)] if is_version else found
