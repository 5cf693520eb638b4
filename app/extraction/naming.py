"""What a name names: every cue gives points to types, and the type with most points wins.

Cues are the words before and after, the name's own last word and form, and the gazetteers. No single
one decides, since each of them lies at times: Florence is a city and a woman, Rust a language and a stain.
"""

import re
from collections import Counter
from collections.abc import Iterator

from app.domain.graph import EntityType
from app.extraction import lexicon
from app.extraction.names import PRESENTED, Name, demonyms
from app.extraction.reading import Reading

PERSON, ORGANIZATION, PLACE, TECHNOLOGY, PRODUCT, EVENT, CONCEPT, THING = (EntityType(t) for t in EntityType)
Votes = Counter[EntityType]
Cue = tuple[re.Pattern[str], EntityType, float]


def _words(pattern: str) -> str:
    return "(?:" + "|".join(pattern.split()) + ")"


TAILS: dict[EntityType, frozenset[str]] = {
    ORGANIZATION: lexicon.listed("""university college school academy institute inc inc. corp corp. corporation ltd ltd. llc gmbh ag plc bank team
        fc sc united club band orchestra choir quartet foundation fund agency association assurance insurance partners labs
        lab laboratories studio studios group company co co. society council committee commission ministry department
        church hospital clinic center centre airlines airways systems software consulting consultants solutions ventures
        capital industries holdings logistics analytics robotics technologies motors electronics pharmaceuticals traders
        brothers sons party union army navy league federation shelter charity press records pictures entertainment
        bakery brewery roasters restaurant diner foods maritime shipping media energy health freight mutual telecom wireless
        security outfitters farms sisters aero llp bv nv sa oy ab srl pty"""),
    PLACE: lexicon.listed("""park lake river mountain mountains mount canyon beach street avenue road boulevard lane island islands bridge
        tower towers castle museum gallery falls valley bay hall square garden gardens theatre theater hotel inn library
        cathedral basilica stadium airport station harbor harbour city county forest desert coast peninsula palace temple
        arena zoo mall market cafe café creek hill hills peak trail ocean sea village town springs plaza pier reef glacier northwest northeast southwest southeast parkway highway region
        heights point volcano cove ranch farm lodge resort states kingdom republic"""),
    EVENT: lexicon.listed("""fest festival conference conf summit cup olympics games marathon parade expo awards championship championships
        finals bowl meetup hackathon fair convention con day days week tournament prix gala ceremony retreat race symposium
        open rally carnival eve jam ball regatta derby war revolution"""),
    CONCEPT: lexicon.listed("""act law standard regulation directive theory syndrome principle effect disorder method therapy rights license
        licence treaty amendment model movement protocol"""),
    TECHNOLOGY: lexicon.listed("server framework engine compiler database api sdk cli os sql db native actions"),
    PRODUCT: lexicon.listed("app game book series trilogy edition pro max plus mini watch phone console suite"),
}
_HEADS_BEFORE_OF: dict[str, EntityType] = {
    **dict.fromkeys(
        ("university", "bank", "church", "ministry", "department", "institute", "school", "college", "order"),
        ORGANIZATION,
    ),
    **dict.fromkeys(
        ("gulf", "bay", "isle", "cape", "republic", "kingdom", "city", "lake", "museum", "tower", "strait"), PLACE
    ),
    **dict.fromkeys(("day", "feast", "festival", "battle", "tour", "night"), EVENT),
    **dict.fromkeys(("law", "theory", "bill"), CONCEPT),
}
_PLACE_FIRST = lexicon.listed(
    "lake mount mt saint st st. fort port cape san santa são los las el new north south east west río casa villa château palazzo piazza plaza rue calle hotel café bistro museo"
)

_PETS = _words(
    """dog cat puppy pup kitten kitty pet parrot hamster rabbit bunny horse turtle tortoise bird budgie goldfish fish snake
    lizard ferret goat pony cow chicken hen duck donkey tractor boat sailboat yacht houseplant cactus robot doll mare foal
    doe ewe ram rooster gecko iguana beagle terrier retriever labrador poodle husky corgi collie spaniel bulldog dachshund greyhound tabby"""
)
_PEOPLE = _words(
    """friend brother sister wife husband son daughter mother father mom dad mum boss manager colleague coworker co-worker
    teacher coach uncle aunt auntie cousin nephew niece partner boyfriend girlfriend fiancé fiancée fiance fiancee neighbor
    neighbour doctor dr\\.? mr\\.? mrs\\.? ms\\.? prof\\.? author singer actor actress artist writer painter poet roommate
    flatmate mentor therapist engineer designer developer lead intern teammate grandma grandpa grandmother grandfather nurse
    lawyer landlord dentist vet twin baby client counselor director president chef player rapper musician buddy pal guy"""
)
_COMPANIES = _words(
    """company startup start-up band team club agency vendor supplier provider employer organization organisation charity bank
    insurer university college label contractor firm auditor brand nonprofit non-profit shelter church school chain store
    shop restaurant group studio airline"""
)
_WORKS = _words(
    """game movie film book novel show series album song app podcast magazine console car laptop phone camera blog newsletter
    page document playlist musical play memoir comic manga anime documentary video website channel site poem painting
    sculpture watch tablet drone guitar bike van truck service project codebase tool board dashboard
    scheduler crawler importer exporter gateway bot backend frontend pipeline daemon worker module"""
)
_TOOLS = _words(
    "language framework library database tool editor protocol package engine runtime compiler format stack ORM IDE linter"
)
_NAMED = r"(?:,? (?:is |was )?(?:called|named|titled|dubbed|nicknamed))?,?\s+(?:the )?[\"“']?$"

_OBJECTS = _words(
    """printer server machine router pump plotter lathe forklift fridge kettle oven telescope banjo piano trailer caravan camper tree plant
    scooter kayak canoe buoy nas microwave van statue box"""
)

LEFT: tuple[Cue, ...] = tuple(
    (re.compile(pattern), kind, points)
    for pattern, kind, points in (
        (rf"\b{_PETS}s?{_NAMED}", THING, 9),
        (rf"\b{_OBJECTS}\b[^.;:]*\b(?:called|calls?|named|nicknamed|dubbed)\s+$", THING, 7),
        (
            r"\b(?:talk(?:s|ed|ing)?|speak(?:s|ing)?|spoke|present(?:s|ed|ing)?|keynote|booth|demo(?:ed|s)?|exhibit\w*)(?: [\w ]{1,30})? at (?:the )?$|\b(?:tickets?|pass(?:es)?|badges?) (?:for|to) (?:the )?$",
            EVENT,
            4,
        ),
        (
            r"\b(?:rent(?:ed)?|licen[sc]es? (?:\w+ )?|leased?|quote|hardware|offer|certificate) from (?:the )?$|\b(?:manager|rep|people|contact|lady|guy|folks|consultant|auditors?) (?:from|at|of) (?:the )?$|\b(?:negotiat\w+|tender) with (?:the )?$|\b(?:boss|manager|shift|job) at (?:the )?$|\bopen(?:ed|ing)? for (?:the )?$",
            ORGANIZATION,
            3.5,
        ),
        (
            r"\b(?:services?|apps?|site|website|api|backend|frontend|servers?|code|pipelines?|platform|system|stack|tool|bot)(?: \w+)? (?:runs?|(?:is|was|are) (?:built|written|hosted)) (?:on|in|with)\s+$",
            TECHNOLOGY,
            3,
        ),
        (r"\b(?:served|backed) by\s+$|\bbuil(?:d|t|ding) (?:it|this|that|them) (?:with|in|on)\s+$", TECHNOLOGY, 3),
        (rf"\b{_PEOPLE}{_NAMED}", PERSON, 5),
        (rf"\b{_COMPANIES}{_NAMED}", ORGANIZATION, 5),
        (rf"\b{_WORKS}{_NAMED}", PRODUCT, 4),
        (rf"\b{_TOOLS}{_NAMED}", TECHNOLOGY, 4),
        (
            rf"\b(?:conference|festival|tournament|convention|competition|meetup|hackathon|workshop|event|race){_NAMED}",
            EVENT,
            5,
        ),
        (rf"\b(?:city|town|village|country|state|island|region|park|beach|museum|capital)(?: of)?{_NAMED}", PLACE, 5),
        (
            r"\b(?:work(?:s|ed|ing)? (?:at|for)|job (?:at|with)|join(?:s|ed|ing)?|hired by|intern(?:s|ed|ing|ship)? (?:at|with)|deal with|contract with|sponsored by|endorsement (?:from|with)|interview(?:ed)? (?:at|with)|fan of|root(?:ing|ed)? for|signed with|bought from|acquired by|volunteer(?:s|ed|ing)? (?:at|for|with)|stud(?:y|ied|ying) at|graduated from|donat(?:e|ed|ing) to|played for|plays for|play for|concert by|ceo of|founder of|employee of|invoice from|support from|bill from|talks with|partner(?:ed|ing|ship)? with|collab\w* with|sponsorship (?:with|from)|(?:bought|ordered|purchased|chose|got)(?: [\w-]+){1,3} from)\s+(?:the )?$",
            ORGANIZATION,
            3,
        ),
        (
            r"\b(?:(?:re)?read(?:ing)?|watch(?:ed|ing|es)?|play(?:ed|ing|s)?|finish(?:ed|ing)?|listen(?:ed|ing)? to|stream(?:ed|ing)?|driv(?:e|es|ing)|drove|binge[d-]?\w*|beat|seen|episode of|season of|copy of|wrote|author of|bought|ordered|download(?:ed)?)\s+(?:my |a |an |our |the |some )?$",
            PRODUCT,
            3.2,
        ),
        (
            r"\b(?:using|use|uses|used|written in|built (?:with|in|on)|ported? to|powered by|migrat(?:e|ed|ing) (?:to|from)|switch(?:ed|ing)? (?:to|from)|moved? (?:to|from)|instead of|replac(?:e|es|ed|ing)(?: \w+)? (?:with|by)|on top of|via|through|deploy(?:ed)? (?:to|on)|runs? on|install(?:ed)?|upgrad(?:e|ed|ing)(?: to)?|with|over|than|in|to|from|and|pin(?:ned)?|support(?:s|ed)? for|drop(?:ped)?|against)\s+(?:the )?$",
            TECHNOLOGY,
            1,
        ),
        (
            r"\b(?:lives? in|living in|lived in|moved? (?:back )?to|moving to|born in|grew up in|raised in|based in|travel(?:l?ed|l?ing|s)? (?:to|in|around|through|across)|trip to|vacation (?:in|to)|holiday in|visit(?:s|ed|ing)?|flew to|fly(?:ing)? to|tour(?:ed|ing)? (?:in|of|around)?|hik(?:e|ed|ing) in|been to|went to|back from|drive to|flight to|home (?:to|in)|roots in|move from|come from|comes from|came from|native of|camping (?:in|at)|beaches of|weather in|streets of|office in|headquarters in|datacenter in|cluster in)\s+(?:the )?$",
            PLACE,
            3,
        ),
        (
            r"\b(?:place|home|house|flat|apartment|cabin|cottage|family|relatives|parents|friends?|jobs?|store|shop|stay(?:s|ed|ing)?|land(?:ed|ing)|arriv(?:es?|ed|ing)|wedding|summer|winter|weekend|week|stud(?:y|ied|ying)) in\s+(?:the )?$",
            PLACE,
            2,
        ),
        (
            r"\b(?:king|queen|prince|princess|ruler|mayor|capital|people|coast|north|south|east|west) of\s+(?:the )?$",
            PLACE,
            3,
        ),
        (r"\b(?:vs\.?|versus)\s+(?:the )?$", ORGANIZATION, 3.5),
        (r"\b(?:in|near|around|across|from|to|at|outside|throughout)\s+(?:the )?$", PLACE, 1.2),
        (
            r"\b(?:met|asked?|asking|told|tell|thank|thanks to|called|married|love|miss|visited|cc|ping(?:ed)?|reviewed by|helped|hugged|dated|dating|emailed|texted|invited|joined by|assigned to|reported by|written by|by|with|and|says?|said)\s+$",
            PERSON,
            1.2,
        ),
        (r"\b(?:the|this|that|a|an|our|my|your|their|its|his|her|these|each|every|new|old)\s+$", PERSON, -2.5),
        (r"(?<!named )(?<!called )(?<!call )\b(?:my|our|a|an|new|his|her)\s+$", PRODUCT, 1.6),
        (r"\bon\s+$", PRODUCT, 1.2),
        (
            r"\b(?:sell|sold|selling|drove|drive|driving|repair(?:ed)?|crashed)\s+(?:the |my |our |his |her )(?:old |new |used )?$|\bused\s+$",
            PRODUCT,
            3,
        ),
        (
            r"\b(?:at|attend(?:ed|ing)?|speak(?:ing)? at|keynote at|talk at|tickets? (?:to|for)|booth at|after|during|before)\s+(?:the )?$",
            EVENT,
            0.8,
        ),
        (r"^[\s\"“'(]*$|^(?:with|when|if|because|and|but) $", PERSON, 0.3),
    )
)
_HUMAN = (
    r"said|says|told|tells|asked|asks|thinks|thought|wants|wanted|prefers|likes|liked|loves|loved|hates|joined|joins|left|leads|led|owns|holds|wrote"
    r"|agreed|suggested|suggests|confirmed|noticed|found|reviewed|merged|promised|called|emailed|shared|covers|manages|took|takes|handles|approved"
    r"|reported|moved|works|worked|lives|lived|got|went|came|gave|made|knows|knew|and I\b|graduated|married|taught|teaches|showed|helped"
    r"|mentioned|insists|recommended|signed|volunteers|is (?:on (?:leave|call|holiday|vacation)|our|my|the (?:new|owner|lead|one)|leaving|joining|pregnant|sick)"
    r"|has (?:agreed|left)|was (?:born|hired|promoted)|runs the|brings|maintains|negotiates|revised|hands|looks after|signs|organi[sz]es|renewed|is the one to|writes the (?:adr|report|docs?|spec|minutes|driver|letter|proposal)|presented|presents|demoed|deployed|fixed|started|broke|rolled"
)
_HUMAN_OR_NOT = (
    r"will|would|had|did|does|can|should|needs to|has (?:a|been|two|three)|is (?:an?|so|really|coming|moving|getting|back|off|away|out|happy)"
    r"|was (?:so|there|happy)"
)
_MACHINE = (
    r"is (?:disabled|enabled|down|slow|installed|pinned|deprecated|deployed|running|locked|configured|gone|written|hosted|built|behind|too|stored)"
    r"|are (?:pinned|down|slow)|crash(?:es|ed)?|fails?|failed|restart(?:s|ed)?|returns?|returned|supports?|requires?|needs? (?!to)|drops|evicts|listens|uses|stores|throws"
    r"|times out|hangs|loses|rewrites|runs (?!the)|ignores|reads|writes|sends|receives|emits|exposes|caches|logs|locks|scales|queues|consumes|publishes|replicates|validates|parses"
)
RIGHT: tuple[Cue, ...] = tuple(
    (re.compile(pattern), kind, points)
    for pattern, kind, points in (
        (
            r"^\s+(?:conference|festival|fest|tournament|convention|meetup|hackathon|parade|march|ceremony|summit)\b",
            EVENT,
            3,
        ),
        (
            r"^\s+(?:\d[\w.]*\s+)?(?:library|framework|database|driver|client|extension|plugin|packages?|modules?|workers?|suite|tests?|quer(?:y|ies)|schemas?|runtime|compiler|syntax|tokens?|containers?|images?|replicas?|index(?:es)?|tables?|queues?|topics?|servers?|code|scripts?|config|bindings?|hooks?|functions?|types?|jobs?|cache|consumers?|producers?|instances?|developers?|errors?|keys?|pods?|volumes?|buckets?|webhooks?|state|lambdas?|endpoints?|components?|streams?|SDK|API)\b",
            TECHNOLOGY,
            2.5,
        ),
        (
            r"^\s+(?:\d[\w.]*\s+)?(?:service|project|codebase|repo|repository|app|application|deploy|deployment|release|launch|rollout|migration|outage|incident|cutover|pipeline|dashboard|board|file|game|series|movie|film|book|books|trilogy|novel|console|album|website|site|channel|page|account|backend|frontend|gateway|build|branch|monorepo|billing|importer|exporter|scheduler|API|redesign|rewrite|beta|demo|prototype|module|worker|component|subsystem|platform|initiative|registry|tracker|workspace|doc|document)\b",
            PRODUCT,
            2.2,
        ),
        (
            r"^\s+(?:team|band|fans?|employees|invoices?|contract|support|engineers?|players?|concert|shoes|sneakers|jersey|gear|shelter|rep|stock|shares)\b",
            ORGANIZATION,
            2.5,
        ),
        (
            r"^\s+(?:region|area|datacenter|data ?cent(?:er|re)|coast|airport|office|offsite|trip|skyline|cluster|weather|time zone|suburb|warehouse)\b",
            PLACE,
            1.5,
        ),
        (
            rf"^,? who\b|^['’]s (?:birthday|wedding|mom|mum|dad|house|wife|husband|boss|sister|brother|team|pr|review|on-call|shift|idea|advice|desk|laptop|cat|dog|son|daughter|parents|family)|^\s+(?:\w+ly |also |just |never |always |still )?(?:{_HUMAN})\b",
            PERSON,
            2.5,
        ),
        (
            r"^\s+from [A-Z][\w&]*(?: [A-Z][\w&]*){0,3} (?:called|said|says|asked|asks|wants|wrote|told|confirmed|emailed|pinged|will|is)\b",
            PERSON,
            3,
        ),
        (
            r"^\s+(?:\w+ly )?(?:\w{3,}ed|wrote|bought|built|drew|sent)\b",
            PERSON,
            1.2,
        ),
        (rf"^\s+(?:\w+ly |also |still |only )?(?:{_MACHINE})\b", PERSON, -2.5),
        (rf"^\s+(?:\w+ly |also |still |only )?(?:{_MACHINE})\b", TECHNOLOGY, 1.0),
        (rf"^\s+(?:\w+ly |also |still |only )?(?:{_MACHINE})\b", PRODUCT, 1.0),
        (
            r"^\s+[a-z]+ (?:service|project|app|repo|repository|codebase|pipeline|gateway|backend|frontend|worker)\b",
            PRODUCT,
            2.2,
        ),
        (r"^,? (?:[A-Z][a-z]+|[A-Z]{2})(?:[.,!?]|$)", PLACE, 0.5),
        (rf"^\s+(?:\w+ly |also |just )?(?:{_HUMAN_OR_NOT})\b", PERSON, 1.0),
        (r"^ (?:vs\.?|versus) [A-Z]", ORGANIZATION, 3.5),
        (r"^['’]s\b", PERSON, 1.2),
        (r"^ (?:signed|renewed|extended) (?:for )?(?:another|their|its)\b", ORGANIZATION, 6),
        (r"^\s+\w+s (?:its|their)\b", ORGANIZATION, 2.5),
        (r"^\s+(?:won|lost|beat|scored|are|have won|playoffs|vs\.?|game)\b", ORGANIZATION, 1.2),
    )
)
_APPOSITIONS: tuple[Cue, ...] = tuple(
    (
        re.compile(
            rf"^(?:,| is| was|, (?:which|who) is) (?:our|the|an?|my|his|her|their|one of our)(?: [\w-]+){{0,3}}? {nouns}\b"
        ),
        kind,
        7.0 if nouns is _OBJECTS else 6.0,  # "the label printer" is no label
    )
    for nouns, kind in (
        (_PETS, THING),
        (_OBJECTS, THING),
        (_PEOPLE, PERSON),
        (_COMPANIES, ORGANIZATION),
        (_WORKS, PRODUCT),
        (_TOOLS, TECHNOLOGY),
        (_words("conference festival tournament convention competition meetup hackathon race"), EVENT),
        (_words("city town village country island region capital beach museum park"), PLACE),
    )
)
_VOCATIVE = re.compile(
    r"(?:^|[.!?…]\s*|\b(?:hey|hi|hello|yo|thanks|thank you|yeah|yep|yes|no|wow|ok|okay|congrats|congratulations|dear|sure|bye|morning|sorry|oh|aw|welcome|cheers"
    r"|absolutely|definitely|exactly|agreed|agree|cool|nice|awesome|great|totally|man|well|night|luck|care|you|it|that|problem|worries|course|birthday)\b[,!]?\s*|,\s*)$"
)
_AFTER_VOCATIVE = re.compile(r"^\s*(?:[,!?.…]|-|–|$)")
_INTRODUCED = re.compile(
    r"\b(?:names?(?: is| are| was| were|['’]s)|named(?: \w+)?|called(?: \w+)?|meet|(?:this|that|here)(?: is|'s|’s))\s+(?:\w+ and )?$"
)
_PET_TALK = re.compile(
    rf"\b(?:{_PETS}s?|puppies|paws?|tail|fur|furry|litter|leash|pets|animal shelter|breed|terrier|retriever|labrador|poodle|beagle|husky|corgi"
    r"|collie|spaniel|bulldog|dachshund|tabby)\b",
    re.IGNORECASE,
)
_THROUGH = re.compile(r"\b(?:in|through|across|over|around|near|up) the $")
_CLIENT = re.compile(r"\s+(?:account|contract|deal|renewal|pilot|contacts?)\b")
_HEARD = re.compile(r"\b(?:saw|see|seen|seeing|heard|hear|hearing|tickets (?:to|for)|listen(?:s|ed|ing)? to|by)\s+$")
_MUSIC = re.compile(r"\b(?:concerts?|gigs?|bands?|albums?|setlist|music|songs?|live show)\b", re.IGNORECASE)
_COMPANY = re.compile(
    r"\b(?:with|by|and)\s+$|\b(?:brother|sister|friend|cousin|mom|dad|son|daughter|wife|husband)s?\s+$"
)
_ASKED: tuple[tuple[re.Pattern[str], EntityType], ...] = tuple(
    (re.compile(rf"\b(?:{opening})\b[^?.!]*\?\W*$", re.IGNORECASE), kind)
    for opening, kind in (
        (
            r"(?:what|which|any|fav(?:ou?rite|e)?|good)\b[^?.!]*\b(?:games?|books?|novels?|movies?|films?|shows?|songs?|albums?|podcasts?|apps?|anime)",
            PRODUCT,
        ),
        (r"where(?: \w+)?", PLACE),
        (r"who(?:'s|’s)?(?: \w+)?", PERSON),
    )
)
"""What the turn before asked for, at its end."""
_FORCES = lexicon.listed("army navy marines congress senate parliament")
_COUNTRY_CODES = lexicon.listed("UK US USA UAE EU NYC LA SF DC U.S U.K U.S.A NZ")
_NUMBERED_PART = re.compile(r"\s+(?:\d{1,4}|[IVX]{1,4})\b")
_HOLIDAYS = lexicon.listed("""Christmas Thanksgiving Halloween Easter Hanukkah Diwali Ramadan Eid Holi Purim Kwanzaa Passover Carnival Mardi Gras
    Oktoberfest Juneteenth Pride""")
_STANDARD = re.compile(
    r"(?:RFC|ISO|SOC|PEP|IEC|IEEE|ANSI|NIST|PCI|ECMA|WCAG|EN|DIN)(?:[ -]?[A-Z]*[ -]?\d[\w.-]*)?|HIPAA|GDPR|CCPA|SOX|FERPA|COPPA"
    r"|LGBT\w*\+?|ASL|BSL|CBT|DBT|ADHD|PTSD|OCD|STEM|BLM|DEI|ESG|YOLO|BIPOC"
)
_EVENT_FORM = re.compile(r"\w*[a-z](?:Con|Conf|Fest|Days|Camp|World|Week|Summit|fest|conf|con)(?:\s?\d+)?")
_TECH_FORM = re.compile(
    r"\w*(?:DB|SQL|JS|QL|MQ|RPC|HTTP|SSL|TLS|ML|OS)|[a-z]{1,3}[A-Z]\w+|\w+\.(?:js|io|py|ai)|IPv[46]"
)


def votes(reading: Reading, name: Name) -> Votes:
    """Points for each type from this mention."""
    found: Votes = Counter()
    left, right = around(reading, name)
    for kind, points in _from_context(reading, name, left, right):
        found[kind] += points  # type: ignore[assignment]  # Counter is typed for whole numbers only
    for kind, points in (*_from_form(reading, name), *_from_gazetteers(reading, name), *_from_talk(reading, name)):
        found[kind] += points  # type: ignore[assignment]  # likewise
    return found


def around(reading: Reading, name: Name) -> tuple[str, str]:
    """Up to 60 characters before and 40 after, within the sentence; the left side in lower case."""
    sentence = reading.sentence_at(name.start)
    begin, end = (sentence.start, sentence.end) if sentence else (0, len(reading.text))
    left = reading.text[max(begin, name.start - 60) : name.start]
    return left.lower(), reading.text[name.end : min(end, name.end + 40)]


def is_address(reading: Reading, name: Name) -> bool:
    """Whether the name only calls someone: "Thanks, Mia!"."""
    left, right = around(reading, name)
    if (
        (reading.is_technical and left.strip())
        or PRESENTED.match(right)
        or (name.labels and "PERSON" not in name.labels)
        or re.search(r"[a-z][A-Z]|\d", name.text)
    ):
        return False
    return " " not in name.text and bool(_VOCATIVE.search(left)) and bool(_AFTER_VOCATIVE.search(right))


def _from_context(reading: Reading, name: Name, left: str, right: str) -> Iterator[tuple[EntityType, float]]:
    """Words before speak of a following noun where the name only qualifies one ("to the Lyon office")."""
    after = [(kind, points) for pattern, kind, points in (*RIGHT, *_APPOSITIONS) if pattern.search(right)]
    qualifies = _qualifies(reading, name)
    for pattern, kind, points in LEFT:
        if (not qualifies or points >= 5 or points < 0) and pattern.search(left):
            yield kind, points
    yield from after


def _qualifies(reading: Reading, name: Name) -> bool:
    """A noun follows at once, so that the name stands as its adjective."""
    i = name.stop
    if i >= len(reading.tokens) or reading.tokens[i].start != name.end + 1:
        return False
    if reading.lowers[i] != reading.tokens[i].text:
        return False
    return reading.tags[i][:1] in {("NN",), ("NNS",)} or (reading.is_work and not reading.tags[i])


def _from_form(reading: Reading, name: Name) -> Iterator[tuple[EntityType, float]]:
    if name.is_quoted:
        yield PRODUCT, 9
    if _STANDARD.fullmatch(name.text):
        yield CONCEPT, 9
    if name.text in demonyms():
        yield CONCEPT, 9
    words = name.text.lower().split()
    yield from _from_many(name, words) if len(words) > 1 else _from_one(reading, name)


def _from_many(name: Name, words: list[str]) -> Iterator[tuple[EntityType, float]]:
    tail = next((kind for kind, tails in TAILS.items() if words[-1] in tails), None)
    if tail is not None:
        yield tail, 5
    if "of" in words and (head := _HEADS_BEFORE_OF.get(words[words.index("of") - 1])):
        yield head, 5
    if "&" in words or "without" in words:
        yield ORGANIZATION, 5
    if words[0] in _PLACE_FIRST:
        yield PLACE, 2
    if any(re.fullmatch(r"[a-z]\.?", word) for word in words[1:-1]) or re.match(r"(?:[a-z]\.){1,3}$", words[0]):
        yield PERSON, 6
    if words[0] == "the" or len(words) > 3 or {"of", "the"}.intersection(words):
        yield PRODUCT, 2
    ordinary = [lexicon.is_word(word) for word in words]
    if all(ordinary):
        yield PRODUCT, 1.5
    elif ordinary[-1] and "PERSON" not in name.first_labels:
        yield ORGANIZATION, 1.5
    elif len(words) in {2, 3} and tail is None:
        yield PERSON, 2 + 2 * ("PERSON" in name.first_labels)
    if "ORGANIZATION" in name.first_labels and not name.labels:
        yield PRODUCT, 2


def _from_one(reading: Reading, name: Name) -> Iterator[tuple[EntityType, float]]:
    text, lower = name.text, name.text.lower()
    squeezed = text.replace("-", "").replace("+", "")
    if (_EVENT_FORM.fullmatch(text) and not lexicon.is_word(lower)) or lower in TAILS[EVENT]:
        yield EVENT, 3
    elif _TECH_FORM.fullmatch(text):
        yield (TECHNOLOGY if reading.is_work else PRODUCT), 2.5
        yield PLACE, -3
    elif squeezed.isupper() and len(squeezed) > 1:
        yield (TECHNOLOGY if reading.is_work else ORGANIZATION), 4 if reading.is_work else 2.5
        yield PERSON, -3
    elif re.fullmatch(r"(?:Mc|Mac|Fitz|Le|La|De|Di|Du|O['’])[A-Z][a-z]+", text):
        yield PERSON, 2.5
    elif re.search(r"[a-z][A-Z]", text):
        yield (TECHNOLOGY if reading.is_work else PRODUCT), 2
        yield PERSON, -1
        yield PLACE, -2
    elif lower in _FORCES:
        yield ORGANIZATION, 4
    elif lexicon.is_word(lower):
        yield PRODUCT, 0 if name.labels & {"PERSON", "PLACE"} else 1.5
    elif not name.labels:
        yield PERSON, 1.0
        if reading.is_work:  # the gazetteers know most technologies, and nobody's own services
            yield TECHNOLOGY, 1.3
            yield PRODUCT, 1.4


def _from_gazetteers(reading: Reading, name: Name) -> Iterator[tuple[EntityType, float]]:
    labels = name.labels
    ordinary = lexicon.is_word(name.text.lower())
    if "PERSON" in labels:
        yield PERSON, 1.8 if ordinary or "PLACE" in labels else 2.5
    if "PLACE" in labels:
        yield PLACE, 2.4
    if name.text in _COUNTRY_CODES:
        yield PLACE, 5
    if "TECHNOLOGY" in labels:
        yield TECHNOLOGY, (3.5 if reading.is_technical else 1.0 if ordinary or "PERSON" in labels else 3.0)
    if "ORGANIZATION" in labels:
        yield ORGANIZATION, 1.2 if "PERSON" in labels else 2.2
        yield (TECHNOLOGY if reading.is_work else PRODUCT), 1.4
    for label in labels - {"PERSON", "PLACE", "TECHNOLOGY", "ORGANIZATION"}:
        yield EntityType(label), 2.5


def _from_talk(reading: Reading, name: Name) -> Iterator[tuple[EntityType, float]]:
    """What the conversation tells: someone called, a pet introduced, a team by its plural."""
    left, right = around(reading, name)
    previous = reading.turn.previous or ""
    if is_address(reading, name):
        yield PERSON, 4
        return
    if _INTRODUCED.search(left) and _PET_TALK.search(f"{previous} {reading.text}"):
        yield THING, 9
    elif _INTRODUCED.search(left):
        yield PERSON, 2
    if name.text.split()[0] in _HOLIDAYS or name.text.endswith(" pride"):
        yield EVENT, 9
    if not reading.is_work and _NUMBERED_PART.match(right):
        yield PRODUCT, 1.5
    if not reading.is_work and left.endswith("the ") and name.text.endswith("s") and " " not in name.text:
        yield (PLACE if _THROUGH.search(left) else ORGANIZATION), 2.5
    if reading.is_work and "PLACE" in name.labels and right.startswith(" team"):
        yield PLACE, 2
    if reading.is_work and _CLIENT.match(right):
        yield ORGANIZATION, 4
    if not reading.is_work and not name.labels and _HEARD.search(left) and _MUSIC.search(f"{previous} {reading.text}"):
        yield ORGANIZATION, 3
    if not reading.is_work and not _COMPANY.search(left):
        yield from ((kind, 2.0) for asked, kind in _ASKED if asked.search(previous))
