"""What statements say about a person: of which field, which value, and whether it still holds."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.profile import ProfileField
from app.extraction import lexicon
from app.extraction.names import demonyms
from app.extraction.selves import statements

F = ProfileField
_SURE, _LIKELY, _WEAK = 0.9, 0.8, 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTold:
    """A value that a text gives. `is_former`: it says that this held once, or holds no more."""

    field: ProfileField
    value: str
    confidence: float
    is_former: bool = False


Shape = Callable[[re.Match[str]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class _Rule:
    field: ProfileField
    pattern: re.Pattern[str]
    confidence: float = _SURE
    shape: Shape | None = None
    is_former: bool = False


_ADV = (
    r"(?: (?:now|currently|still|just|really|also|recently|finally|actually|totally|absolutely|always|mostly|already|definitely"
    r"|quite|so|very|truly|never been|happily|officially|deeply|pretty|super|severely|mildly|slightly))*"
)
_AM = rf"@{_ADV}(?: (?:am|is|are|have been|has been))?{_ADV}"
_WAS = rf"@{_ADV} (?:was|were|used to be){_ADV}"
_END = (
    r"(?=\s*(?:$|(?<!\bSt)\.|[,;:!?()\"]|\s-\s)|'s\b(?! [A-Z])| (?:and|but|because|since|with|so|after|before|between|until|till|when|where|who|which|that|while|as"
    r"|though|although|for (?:good|now|work|ever)|these days|right now|at the moment|now|any ?more|again|too|as well|today|lately|currently|yesterday|last"
    r"|this|next|every|over|instead|rather|if|in (?:19|20)\d\d|in (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*"
    r"|on (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*|for (?:\w+ )?(?:years?|months?|weeks?|days?|ages)|\w+ (?:years?|months?|weeks?) ago)\b)"
)
_V = rf"(?P<v>\S.*?){_END}"
_NAMES = r"(?P<v>[A-ZÀ-Ý][\w'’-]*(?: [A-ZÀ-Ý][\w'’-]*){0,3})"
_PLACE = rf"(?P<v>(?!(?:my|our|his|her|their|it|peace|fear|the moment|the present|a world|@)\b)\S.*?){_END}"
_KIN = (
    "wife|husband|spouse|partner|girlfriend|boyfriend|fiancée?|fiance|mother|father|mom|mum|dad|mama|papa|sister|brother|son|daughter"
    "|child|baby|kids?|children|sons|daughters|sisters|brothers|twins|grandson|granddaughter|grandma|grandpa|grandmother|grandfather"
    "|aunt|uncle|cousin|niece|nephew|stepson|stepdaughter|siblings"
)
_PET = (
    "dog|cat|puppy|kitten|parrot|hamster|rabbit|bunny|horse|pony|turtle|tortoise|guinea pig|budgie|ferret|lizard|gecko|goldfish|snake"
    "|canary|goat|chicken|hen"
)
_PETS = rf"(?:{_PET}|puppies|ponies|canaries|budgies)s?"
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|twin|several|some|no)"
_OCCUPATION = (
    r"(?:[\w-]+ ){0,3}?(?:\w+(?:er|or|ist|yst|ian|eer|ant)|nurse|chef|pilot|cook|clerk|paramedic|intern|architect|student|attorney"
    r"|surgeon|freelance|midwife|coach|judge|priest|guide|dentist|vet|au pair|stay-at-home (?:mum|mom|dad)|[\w-]+(?:man|woman))"
)
_NO_OCCUPATION = re.compile(
    r"(?:father|mother|brother|sister|member|lover|user|owner|beginner|teenager|runner|hiker|swimmer|reader|speaker|gamer|listener"
    r"|believer|volunteer|supporter|customer|neighbou?r|vegetarian|pescatarian|libertarian|christian|winner|loser|survivor|person|sleeper"
    r"|eater|drinker|smoker|follower|number|learner|outsider|foreigner|stranger|leader|perfectionist|optimist|pessimist|feminist|human"
    r"|introvert|extrovert|other|minor|senior|junior|factor|bother|matter|woman|man|thinker|rider|traveler|traveller|planner|starter|giver)$",
    re.IGNORECASE,
)
_DIETS = "vegan|vegetarian|pescatarian|flexitarian|kosher|halal|keto|coeliac|teetotal(?:ler)?|gluten-free|dairy-free|lactose-free|low-carb|paleo"
_DRINK = r"(?:[\w-]+ ){0,2}?(?:tea|coffee|decaf|espresso|matcha|milk|water|juice|wine|beer|cider|cola|soda|lemonade|kombucha|smoothies)"
_ILLNESS = (
    r"(?:type [12] |high |low |chronic |severe |mild |bad )?(?:\w+(?:itis|osis|emia|aemia|pathy|algia|plegia|phobia)|asthma|diabetes|adhd|add"
    r"|migraines?|epilepsy|eczema|anxiety|depression|insomnia|celiac disease|coeliac disease|blood pressure|cancer|sleep apn(?:o)?ea|ptsd"
    r"|autism|dyslexia|hay fever|crohn's|a heart condition|a bad back|tinnitus|gout|lupus|parkinson's)"
)
_NOT_LIKED = (
    r"(?!(?:you|your|yours|it|its|that|this|these|those|him|her|them|their|his|how|what|when|where|who|why|the way|the idea|the sound of"
    r"|to (?:hear|see|say|know|think|help|share|chat|add|be|have)|everything|all|myself|each|one|@|being|having|seeing|hearing|so|a lot)\b)"
)
_WISHED = (
    r"(?!(?:to )?(?:say|ask|know|see|hear|thank|make sure|tell|share|show|go|be (?:honest|clear|sure|there|here|able|fair|alone)|get (?:some|it|this|that|back|home)"
    r"|talk|chat|check|give|let|bring|help|do (?:this|that|it|something)|have|meet|eat|drink|sleep|add|mention|point|try|keep|come|stay"
    r"|leave|use|believe|think|feel|find out|hang|catch|order|buy (?:some|this|that))\b)"
)


def _listed(match: re.Match[str]) -> Iterator[str]:
    """ "Hiking, chess and tea": each by itself, where they are short."""
    parts = re.split(r",? and |, | or ", match["all"])
    yield from (part for part in parts if part) if all(len(part.split()) <= 3 for part in parts) else [match["all"]]


def _languages(match: re.Match[str]) -> Iterator[str]:
    yield from re.findall(r"\b[A-Z]\w{2,}", match["v"])


def _occupation(match: re.Match[str]) -> Iterator[str]:
    value = re.sub(r"^(?:an? |the )", "", match["v"])
    if not _NO_OCCUPATION.search(value) and lexicon.first_tag(value.split()[-1].lower()) != "JJ":
        yield value


def _home(match: re.Match[str]) -> Iterator[str]:
    """ "In a small flat in Graz": the place, not the dwelling."""
    *_, last = match["v"].split(" in ")
    yield last


def _age(match: re.Match[str]) -> Iterator[str]:
    tens, _, ones = match["v"].casefold().partition("-")
    if tens.isdigit():
        yield tens
    elif tens in _NUMBERS:
        yield str(_NUMBERS[tens] + _NUMBERS.get(ones, 0))


def _employer(match: re.Match[str]) -> Iterator[str]:
    value = match["v"]
    first = value.split(maxsplit=1)[0]
    if first[0].isupper() or (first in {"the", "a", "an"} and " " in value):
        yield value


def _kin(match: re.Match[str]) -> Iterator[str]:
    if match["v"] not in demonyms():
        yield f"{match['kin'].lower()}: {match['v']}"


def _no(match: re.Match[str]) -> Iterator[str]:
    yield f"no {match['v']}"


def _named(match: re.Match[str]) -> Iterator[str]:
    """ "I'm Ana": no word that says what somebody is like, and no nationality."""
    words = match["v"].split()
    if not any(lexicon.is_word(word.lower()) or word in demonyms() for word in words):
        yield match["v"]


def _planned(match: re.Match[str]) -> Iterator[str]:
    """ "Going to" with a verb behind it that tells of more than this moment."""
    first = match["v"].split()[0].lower()
    if (
        "VB" in lexicon.tags(first)
        and first not in _MOMENTARY
        and lexicon.first_tag(first) in {"VB", "VBP", "NN", "VBD", "JJ"}
    ):
        yield match["v"]


_SMALL: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS: Final = {
    **{word: number for number, word in enumerate(_SMALL, start=1)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
}
_MOMENTARY: Final = lexicon.listed(
    "be bed sleep have get go say tell ask need miss try make do let see check take eat work school call think feel keep use add send give put"
)
_WHEN = r"(?:in (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*|next \w+|tomorrow|this (?:summer|autumn|fall|winter|spring|weekend))"
_LIST = rf"(?P<all>{_NOT_LIKED}(?P<v>\S.*?))(?=\s*(?:$|[.;:!?()\"]|\s-\s)| (?:but|because|since|with my|so|after|when|where|who|which|that|while|as|though|these days|right now|any ?more|too|as well|every|over|more than|instead|rather|to \w+ing)\b|, (?:it|that|this|he|she|they|so|which)\b)"


def _rule(
    field: ProfileField, words: str, *, sure: float = _SURE, shape: Shape | None = None, former: bool = False
) -> _Rule:
    return _Rule(field, re.compile(words), sure, shape, former)


_RULES: Final = (
    # name, age, birthday
    _rule(F.NAME, rf"@'s (?:full )?name is {_NAMES}"),
    _rule(F.NAME, rf"\b[Cc]all me {_NAMES}(?=[.!,]|$)", shape=_named),
    _rule(F.NAME, rf"^@ am {_NAMES}(?=[.!,]|$)", sure=_WEAK, shape=_named),
    _rule(F.AGE, rf"^{_AM} (?P<v>\d{{1,3}})(?= years? old| years of age| and\b|[.,!]|$)"),
    _rule(F.AGE, rf"@{_ADV} turned (?P<v>\d{{1,3}}|\w+ty(?:-\w+)?|\w+teen|twelve|eleven|ten)\b(?! years? ago)", shape=_age),
    _rule(F.BIRTHDAY, rf"@'s birthday is (?:on |the )?(?P<v>\S.*?){_END}"),
    _rule(F.BIRTHDAY, r"@ (?:was|were) born (?:on |in )(?:the )?(?P<v>(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?[A-Z]\w+|[A-Z]\w+ \d{1,2}(?:st|nd|rd|th)?)(?:,? \d{4})?|(?:[A-Z]\w+ )?(?:19|20)\d\d)"),
    # home and origin
    _rule(F.HOME, rf"^{_AM} (?:lives?|living|based|residing|settled|resides?) (?:\w+ ){{0,5}}?in {_PLACE}", shape=_home),
    _rule(F.HOME, rf"@{_ADV}(?: have| has)?{_ADV} (?:moved|relocated)(?: back| house| over)?(?: from [\w .]+?)? to {_PLACE}"),
    _rule(F.HOME, rf"@{_ADV}(?: have| has)?{_ADV} (?:moved|relocated)(?: away)? from (?P<v>[A-Z][\w ]*?)(?= to\b|[.,!]|$)", former=True),
    _rule(F.HOME, rf"@ (?:used to live|lived|was living|(?:do|does) not live|no longer lives?|am no longer living)(?: any ?more)? in {_PLACE}", former=True),
    _rule(F.ORIGIN, rf"^{_AM}(?: originally)?(?: (?:come|comes))? from {_PLACE}", sure=_LIKELY),
    _rule(F.ORIGIN, rf"@{_ADV} (?:was |were )?(?:born and )?(?:raised|grew up|born) in (?P<v>(?!(?:19|20)\d\d|[A-Z]\w+ (?:19|20)\d\d)\S.*?){_END}"),
    _rule(F.ORIGIN, rf"^[Gg]rew up in (?P<v>\S.*?){_END}"),
    # work
    _rule(F.WORK, rf"^{_AM} (?:an? |the )(?P<v>{_OCCUPATION})(?= (?:at|for|in|by|from|with|who|and|but)\b|[.,!]|$)", shape=_occupation),
    _rule(F.WORK, rf"^{_AM} (?:an? |the )(?P<v>{_OCCUPATION}) (?:for|since) ", shape=_occupation),
    _rule(F.WORK, rf"@{_ADV}(?: (?:am|is))? work(?:s|ing)?(?: (?:at|for|in) .+?)? as (?:an? |the )?(?P<v>(?!well)[\w -]+?)(?= (?:at|for|in)\b|{_END[3:]}"),
    _rule(F.WORK, rf"@{_ADV}(?: (?:got|was|were|has been|have been))?{_ADV} (?:promoted to|appointed|hired as)(?: an?)? {_V}"),
    _rule(F.WORK, rf"^{_AM} (?P<v>retired|unemployed|self-employed|freelancing|between jobs)\b"),
    _rule(F.WORK, r"^@ (?P<v>retired)\b"),
    _rule(F.WORK, rf"^@ (?P<v>(?:run|runs|own|owns|coach|coaches|manage|manages|teach|teaches|lead|leads) (?!out|away|late|into|errands|this|that|it)\S.*?){_END}", sure=_LIKELY),
    _rule(F.WORK, rf"^{_WAS} an? (?P<v>{_OCCUPATION})(?= (?:at|for|in|by|back|until|before|and|but)\b|[.,!]|$)", shape=_occupation, former=True),
    _rule(F.EMPLOYER, rf"@{_ADV}(?: (?:am|is|have been|has been))? (?:works?|working|employed)(?: as [\w -]+?)? (?:at|for|by) {_V}", shape=_employer),
    _rule(F.EMPLOYER, rf"^{_AM} (?:an? |the )(?P<job>{_OCCUPATION}) (?:at|for) {_V}", shape=_employer),
    _rule(F.EMPLOYER, rf"@{_ADV}(?: have| has)?{_ADV} (?:joined|started (?:working )?(?:at|for|with)|(?:started|got|landed|took) a (?:new )?job (?:at|with)) (?P<v>[A-Z]\S*(?: [A-Z]\S*)*)", sure=_LIKELY),
    _rule(F.EMPLOYER, rf"@{_ADV} (?:left|quit|resigned from|was laid off (?:from|by)|was fired (?:from|by)|used to work (?:at|for)|no longer works? (?:at|for)|worked (?:at|for)) (?P<v>[A-Z]\S*(?: [A-Z]\S*)*)", former=True),
    # education
    _rule(F.EDUCATION, rf"@{_ADV}(?: (?:am|is))? (?:studies|study|studying|majoring in|majors? in) (?P<v>(?!for\b|the\b|at\b|hard\b|in\b|[A-Z])\S.*?)(?= at\b|{_END[3:]}", sure=_LIKELY),
    _rule(F.EDUCATION, rf"@{_ADV}(?: have| has)? (?:graduated from|attended) (?P<v>[A-Z]\w*(?: of| [A-Z]\w*)*)(?= in\b|[.,!]|$| with\b)"),
    _rule(F.EDUCATION, rf"@{_ADV} (?:went to|goes to|go to) (?P<v>[A-Z]\w*(?: of| [A-Z]\w*)* (?:University|College|School|Institute|Academy)(?: of [A-Z]\w*)?)", sure=_LIKELY),
    _rule(F.EDUCATION, rf"@{_ADV} (?:have|has|hold|holds|got|earned|finished)(?: an?| @'s)? (?P<v>(?:PhD|doctorate|master's(?: degree)?|bachelor's(?: degree)?|degree|diploma|MBA|MSc|BSc|MA|BA)(?: in .+?)?){_END}"),
    # family and pets
    _rule(F.FAMILY, rf"@'s(?: \w+)?? (?P<kin>{_KIN}),? (?:(?:is|are) (?:called|named) |whose name is )?{_NAMES}", shape=_kin),
    _rule(F.FAMILY, rf"@'s(?: \w+)?? (?P<kin>{_KIN})'s name is {_NAMES}", shape=_kin),
    _rule(F.FAMILY, rf"@{_ADV} (?:have|has|had|got) (?P<v>{_COUNT} (?:\w+ )??(?:{_KIN})(?: and (?:{_COUNT} )?(?:\w+ )??(?:{_KIN}))?)\b"),
    _rule(F.FAMILY, rf"@{_ADV}(?: (?:am|is|are|got|have been|has been|was|were))?{_ADV} (?P<v>(?:married|engaged) to [A-Z]\w*)"),
    _rule(F.FAMILY, rf"@{_ADV}(?: (?:am|is|are|got|have been|has been))?{_ADV} (?P<v>divorced|widowed|single|married|engaged)(?=[.,!]|$| and\b| last\b| since\b| in\b| for\b)"),
    _rule(F.PETS, rf"@{_ADV} (?:have|has|got|adopted|own|owns|rescued) (?:an?|one|this) (?:\w+ )??(?P<kin>{_PET}),? (?:named|called) {_NAMES}", shape=_kin),
    _rule(F.PETS, rf"@'s(?: \w+)?? (?P<kin>{_PET}),? (?:is (?:called|named) |'s name is )?{_NAMES}", shape=_kin),
    _rule(F.PETS, rf"@{_ADV} (?:have|has|own|owns|adopted|got) (?P<v>{_COUNT} (?:\w+ )??{_PETS}(?: and {_COUNT} (?:\w+ )??{_PETS})?)\b(?!,? (?:named|called))"),
    # languages and skills
    _rule(F.LANGUAGES, r"@(?: \w+ly)?(?: can)? (?:speaks?|fluently speaks?) (?P<v>(?:(?:some|fluent|basic|a (?:little|bit of)|broken|native) )?[A-Z]\w+[^.;!?]*)", shape=_languages),
    _rule(F.LANGUAGES, rf"^{_AM} (?:fluent in|learning|studying|bilingual in|practi[cs]ing) (?P<v>[A-Z]\w+(?:(?:,| and|, and) [A-Z]\w+)*)", shape=_languages, sure=_LIKELY),
    _rule(F.LANGUAGES, r"@'s (?:native|first|second|main) (?:language|tongue) is (?P<v>[A-Z]\w+)"),
    _rule(F.LANGUAGES, r"@'s mother tongue is (?P<v>[A-Z]\w+)"),
    _rule(F.SKILLS, rf"@{_ADV} (?:know|knows) how to {_V}"),
    _rule(F.SKILLS, rf"^{_AM} (?:good|great|excellent|skilled|experienced|talented|decent|brilliant) (?:at|in|with) (?P<v>(?!(?:it|that|this|the moment)\b)\S.*?){_END}", sure=_LIKELY),
    _rule(F.SKILLS, rf"^{_AM} (?:an expert|proficient|certified|trained) (?:in|at|on|as) {_V}"),
    _rule(F.SKILLS, rf"@{_ADV} plays? the {_V}"),
    _rule(F.SKILLS, rf"@ can (?:code|program|write code) in {_V}"),
    # likes and dislikes
    _rule(F.LIKES, rf"^@{_ADV} (?:love|loves|like|likes|enjoy|enjoys|adore|adores|prefer|prefers) {_LIST}", shape=_listed),
    _rule(F.LIKES, rf"@'s (?:all-time )?favou?rite (?!thing about|part)(?:\w+ ){{1,3}}?(?:is|are) {_V}", sure=_LIKELY),
    _rule(F.LIKES, rf"^{_AM} (?:into|fond of|crazy about|passionate about|obsessed with|keen on|an? (?:big |huge |massive )?fan of) {_LIST}", shape=_listed),
    _rule(F.LIKES, rf"^@{_ADV} plays? (?P<v>(?!the\b|a\b|with\b|it\b|on\b)\S.*?){_END}", sure=_WEAK),
    _rule(F.LIKES, rf"@ (?:used to (?:love|like|enjoy)) {_LIST}", shape=_listed, former=True),
    _rule(F.DISLIKES, rf"@{_ADV} (?:do|does) not{_ADV} (?:like|likes|enjoy|love) {_LIST}", shape=_listed),
    _rule(F.DISLIKES, rf"@{_ADV} (?:hate|hates|dislike|dislikes|detest|detests|loathe|loathes|can not (?:stand|bear)) {_LIST}", shape=_listed),
    _rule(F.DISLIKES, rf"@ (?:am|is|are) not{_ADV}(?: an?)?(?: big| huge)? (?:fan of|into|fond of|keen on) {_LIST}", shape=_listed),
    # diet and health
    _rule(F.DIET, rf"^{_AM} (?:an? )?(?:strict )?(?P<v>{_DIETS})\b"),
    _rule(F.DIET, rf"@{_ADV} (?:eat|eats|follow|follows|keep|keeps) (?:an? |strictly )?(?P<v>{_DIETS})\b"),
    _rule(F.DIET, rf"^@{_ADV} (?:drink|drinks) (?P<v>{_DRINK})\b", sure=_LIKELY),
    _rule(F.DIET, rf"^@{_ADV}(?: have| has)? switched (?:from \S.*? )?to (?P<v>{_DRINK})\b", sure=_LIKELY),
    _rule(F.DIET, rf"@{_ADV} (?:do|does) not (?:eat|drink)(?: any)? {_V}", shape=_no),
    _rule(F.DIET, rf"^{_AM} on an? (?P<v>[\w-]+) diet"),
    _rule(F.DIET, rf"@ (?:am|is) no longer (?:an? )?(?P<v>{_DIETS})\b", former=True),
    _rule(F.DIET, rf"^{_WAS} (?:an? )?(?P<v>{_DIETS})\b", former=True),
    _rule(F.HEALTH, rf"^{_AM} (?P<v>(?:\w+ly )?allergic to \S.*?){_END}"),
    _rule(F.HEALTH, r"@(?: have| has)(?: an?)? (?P<v>(?:\w+ )allergy)\b"),
    _rule(F.HEALTH, rf"^{_AM} (?P<v>\w+ intolerant|colou?r-?blind|diabetic|asthmatic|epileptic|dyslexic|autistic|deaf|pregnant)\b"),
    _rule(F.HEALTH, rf"(?i)@{_ADV} (?:have|has|suffer from|suffers from|live with|lives with) (?P<v>{_ILLNESS})(?=[.,!]|$| and| but| since| for)"),
    _rule(F.HEALTH, rf"@(?: have| has| was| were| got| been)* diagnosed with {_V}"),
    # goals and plans
    _rule(F.GOALS, r"@'s (?:\w+ )??(?:goal|dream|ambition|aim|resolution)(?: \w+ \w+)?? is to (?P<v>\S.*?)(?=[.,;!]|$)"),
    _rule(F.GOALS, rf"^@{_ADV} (?:want|wants|hope|hopes|aspire|aspires) to (?P<v>{_WISHED}\S.*?)(?=[.,;!]|$| because\b| but\b| so\b)", sure=_LIKELY),
    _rule(F.GOALS, rf"^{_AM} trying to (?P<v>(?!(?:say|figure|understand|find|get|see|make|help|tell|be|stay|keep)\b)\S.*?)(?=[.,;!]|$)", sure=_WEAK),
    _rule(F.GOALS, r"^@ would (?:really )?(?:like|love) to (?P<v>\S.*?) (?:someday|some day|one day|eventually)\b"),
    _rule(F.PLANS, r"^@(?: (?:just|also|still|now))* (?:am|is|are)(?: (?:also|still|now|finally))* (?:going to|gonna) (?P<v>\S.*?)(?=[.,;!]|$| because\b| but\b)", shape=_planned, sure=_LIKELY),
    _rule(F.PLANS, rf"^{_AM} planning (?:to|on) (?P<v>\S.*?)(?=[.,;!]|$| because\b| but\b)"),
    _rule(F.PLANS, r"^@ (?:plan|plans|intend|intends) (?:to|on) (?P<v>\S.*?)(?=[.,;!]|$| because\b| but\b)"),
    _rule(F.PLANS, rf"^@ (?:am|is|are)(?: \w+ly)? (?P<v>(?!going\b|planning\b)\w+ing (?:\S+ ){{0,6}}?{_WHEN})\b", sure=_LIKELY),
)  # fmt: skip
_DENIED = re.compile(
    r"^@(?: \w+)? (?:(?:am|is|are|was|do|does|did|have|has|will|would|can|could) )?(?:not|never|no longer)\b"
)
_MODAL = re.compile(r"^@(?: \w+)? (?:would|could|should|will|might|may|must)\b")
_DENYING = frozenset({F.DISLIKES, F.DIET})


def told_of_self(text: str, *, names: Collection[str], is_own: bool) -> list[SelfTold]:
    """Everything that a text says about the person who goes by these names, each value once. Pure."""
    found: dict[tuple[ProfileField, str], SelfTold] = {}
    for statement in statements(text, names=names, is_own=is_own):
        for told in _read(statement):
            found.setdefault((told.field, told.value.casefold()), told)
    return list(found.values())


def _read(statement: str) -> Iterator[SelfTold]:
    denied, modal = bool(_DENIED.search(statement)), bool(_MODAL.search(statement))
    taken: set[ProfileField] = set()
    for rule in _RULES:
        if (modal and rule.field is not F.GOALS) or (denied and not (rule.is_former or rule.field in _DENYING)):
            continue
        match = rule.pattern.search(statement)
        if match is None or (rule.field in taken and not rule.is_former and rule.shape is not _kin):
            continue
        for value in rule.shape(match) if rule.shape else [match["v"]]:
            if (tidy := _tidy(value)) is not None:
                taken.add(rule.field)
                yield SelfTold(field=rule.field, value=tidy, confidence=rule.confidence, is_former=rule.is_former)


def _tidy(value: str) -> str | None:
    """Without what hangs on it; None for what is no value: another's matter, or a whole story."""
    bare = re.sub(r"@'s", "their", value).strip(" ,.!;:\"'-")
    return bare if bare and "@" not in bare and len(bare) <= 80 else None
