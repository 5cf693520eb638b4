"""What is only talk: greetings, thanks, praise, agreement, encouragement, platitudes, bare questions, echoes.

A turn is skipped when each of its sentences is. Losing content is the costly error, so a sentence counts as
talk only by a known form, or when it judges, speaks of nobody in particular and adds nothing to what was said.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from app.domain.graph import EntityType
from app.extraction import lexicon
from app.extraction.classify import opens_question
from app.extraction.findings import FoundEntity, FoundTime
from app.extraction.reading import Reading, Sentence, is_past
from app.extraction.stems import STOP, content_stems, stem

_OPENING = re.compile(
    r"^(?:(?:no (?:problem|worries|way|doubt)|sure thing|of course|for sure|my pleasure|you bet|thank you|thanks (?:a (?:lot|bunch|ton|million)|so much)|oh|ah|aw+|wow|yeah|yep|yup|yes|no|nope|nah|ok|okay|hey|hi|hello|yo|haha|lol|hmm+|well|so|and|but|man|sure(?: thing)?"
    r"|right|true|exactly|absolutely|definitely|totally|of course|for sure|indeed|agreed?|cool|nice|great|awesome|amazing"
    r"|congrats|congratulations|thanks|thank you|thx|cheers|sorry|please|anytime|certainly|gotcha|got it|damn|gosh"
    r"|omg|whoa|woah|yay|phew|ugh|aha|btw|by the way|honestly|actually|also|plus|then|perfect|good|fantastic|wonderful"
    r"|incredible|brilliant|excellent|sweet|neat|fair enough|same here)\b[\s,!.…:;–—-]*)+"
)
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        (
            "greeting",
            r"(?:it's |it is |so )?(?:great|good|nice|lovely|awesome|glad) to (?:hear|see|chat|talk|meet|catch|be)\b.{0,40}(?:you|again|up|back|here)",
        ),
        (
            "greeting",
            r"(?:long time|how (?:are|is|have|'s|’s)|how's|what's up|what's new|been a (?:while|few)|it's been (?:a while|ages|a few|so long|too long)|hope (?:you|all|everything|things)|good (?:morning|evening|afternoon|night|day)|welcome|hi there|hey there|happy to (?:see|chat))\b",
        ),
        (
            "farewell",
            r"(?:see (?:you|ya)|bye|goodbye|talk (?:soon|later|to you)|catch (?:you|ya) later|take (?:care|it easy)|have (?:a|an|fun|yourself)\b|good ?night|until next time|later|stay (?:safe|well|strong|positive|tuned|healthy|motivated|focused)|enjoy\b|cheers|till next)",
        ),
        (
            "thanks",
            r"(?:thanks|thank you|thx|many thanks|much appreciated|(?:i )?(?:really |truly |so |do |totally )*appreciate (?:it|that|this|you|your|the (?:support|help|advice|offer|kind|encouragement|reminder|tip|suggestion)|all)|i(?:'m| am) (?:so |really |truly |very |super )*(?:grateful|thankful|blessed|lucky) (?:for|to have) (?:you|your|the support|such)|(?:that|it|this|your .{1,30}) (?:really |truly |all )*means? (?:a lot|so much|the world|a ton|everything))",
        ),
        (
            "praise",
            r"(?:you(?:'re|’re| are| guys are)|you(?:'ve|’ve| have) (?:got |done|come|made|really|always|been so)|you (?:look|looked|sound|seem|nailed|rock|did|deserve|really|truly|always|both|clearly|definitely)|your (?:\w+ ){1,5}(?:is|are|was|were|looks?|sounds?|shows?|really|must|will|means?|inspires?|g[ai]ves?|made|makes?|helps?|helped|keeps?|kept|motivates?|lifts?|lifted)|what an? |so (?:cool|cute|happy|proud|glad|sweet|nice|good|awesome|fun|true|great|pretty|beautiful|inspiring|exciting|excited for|adorable|amazing|much|many)\b|such an? |way to go|well done|good (?:for you|job|work|call|idea|luck|point|thinking|stuff|to know|one)|nice (?:work|job|one|going|try)|great (?:job|work|idea|stuff|news|point|to know|that|minds)|kudos|hats off|bravo|love (?:it|that|this|your|how)|loving (?:it|that|this)|way cool|lucky you|i(?:'m| am) (?:so |really |very |super |truly )*(?:proud of|impressed|inspired by (?:you|your)|happy for|(?:glad|happy|pleased|thrilled|relieved) (?:for|you|that you|it|to (?:hear|see|help|know)|we|they|your|things)|excited for you|amazed by))",
        ),
        (
            "sympathy",
            r"(?:(?:i(?:'m| am) )?(?:so |really |very )*sorry (?:to|about|for|you|that)|my condolences|that (?:must|has to) |must(?:'ve| have| be| feel)|it must|i can (?:only |really |totally |almost |definitely )?(?:imagine|see|feel|tell|relate)|i (?:know|understand|get) (?:how|what|it|that|where|exactly|you)|hang in|don't (?:worry|give up|be)|no need)",
        ),
        (
            "encouragement",
            r"(?:you(?:'ve|’ve| have)? (?:got|can|will|'ll|’ll|could do|should be proud)\b|you(?:'ll|’ll| will)\b|we(?:'ve|’ve)? got (?:this|each)|keep (?:it|up|going|on|pushing|doing|your|being|believing|shining|me|in|at|working|rocking|spreading|that|trying|growing|moving)|go for it|believe in|never give|stick (?:with|to)|remember (?:to|that|,)|just (?:remember|keep|take|be|know|let|do)|be (?:yourself|kind|proud|patient|strong)|let's\b|let us\b|rooting for|i(?:'m| am) (?:rooting|cheering|always|here|behind|with you|confident|sure|certain|positive|all ears)|i(?:'ll| will) (?:be (?:here|there|rooting|cheering)|always be)|i (?:believe|have faith|trust) |fingers crossed|all the best|best of luck|wish(?:ing)? you|i (?:hope|wish|bet|trust)\b|hope(?:fully)?\b|hoping (?:for|you|it)|i'm hoping|onwards?|push(?:ing)? (?:through|on|yourself)|trust (?:me|yourself|the))",
        ),
        (
            "praise",
            r"(?:(?:that|this|it)(?:'s| is| was| sounds?) (?:so |really |very |just |super |always |such )*(?:a )?(?:\w+ )?(?:to (?:hear|know|see)|of you)|way to)\b",
        ),
        (
            "agreement",
            r"(?:(?:i |you )?(?:totally |completely |absolutely |couldn't |definitely |really |100% )*agree\b|me too|same here|likewise|me neither|fair (?:enough|point)|that's (?:right|true|so true|the spirit|the way|it|ok|okay|fine|for sure)|that is true|it(?:'s|’s| is) true|true that|you(?:'re|’re| are) (?:\w+ )?right|makes sense|i (?:know|think so|guess|see|hear you|feel you|understand|get it|second that|bet)\b[.! ]*$|sounds (?:good|great|like|amazing|awesome|fun|perfect|delicious|interesting|incredible|cool|lovely|nice|tough|intense|wonderful|fantastic|exciting|yummy|relaxing|peaceful|so|really|super|pretty|fair)|looks? (?:good|great|like (?:you|a lot|so|fun|such)|amazing|awesome|so|really|fun|delicious|cool|nice|yummy|tasty|lovely|beautiful|stunning|fantastic|incredible|super|pretty)|lgtm|works for me|deal\b|no doubt|without a doubt|who knows|guess what|fair)",
        ),
        (
            "promise",
            r"(?:will do|we(?:'ll|’ll| will) (?:have to|see|definitely|check)|on it\b|i(?:'ll|’ll| will) (?:\w+ )?(?:keep (?:you|that|it|going|at)|let you|check (?:it|that|them|this|those)|definitely|try|look (?:into|it|forward)|do (?:that|it|my best|so)|make sure|be sure|take (?:it|that|your|a look|care)|send|update|get (?:back|on|right)|remember|give it|reach out|think about|have to|see\b|add (?:it|that|them)|fix (?:it|that))|let me (?:know|see|check|look|think|take|try|run|get|do)|(?:just )?(?:one|a) (?:moment|sec|second|minute)|give me a|hold on|(?:running|checking|looking|working|fixing|starting|reading|trying) (?:\w+ ){0,6}(?:now|again|moment|right away)|looking into|i(?:'m| am) on it|working on it|done\b[.! ]*$|(?:it|that) (?:worked|works|did it|helped|did the trick)\b)",
        ),
        (
            "anticipation",
            r"(?:i )?(?:really |just )?(?:can(?:'t|’t|not| not) wait|look(?:ing)? forward|i(?:'m| am)(?: so| really)? (?:looking forward|curious|intrigued|all ears|dying to)|i(?:'d|’d| would) (?:love|like|be (?:happy|glad)) to (?:hear|see|know|learn more|check|read|help|chat)|i want to (?:hear|know)|i(?:'m| am) (?:so |really |super |also )?excited to (?:see|hear|know|learn)|(?:tell|show|send|share|keep) (?:me|us)|do tell|keep me|excited to (?:see|hear)|interested (?:in|to) (?:hear|know|see))",
        ),
    )
)
_VERDICT = re.compile(
    r"(?:it|that|this)(?:'s| is| was) (?:\w+ ){0,2}\w+(?:ing|ful|able|ous|ive|ible|some) (?:to|how|that|when|what)\b"
)
_FIRST = frozenset({"i", "my", "me", "mine", "myself", "i've", "i'm"})
_DROPPED = lexicon.listed(
    "been had got took went did made met saw tried started finished bought found felt just having"
)
_WE = frozenset({"we", "our", "us", "ours"})
_THIRD = frozenset({"he", "she", "his", "her", "he's", "she's", "their"})
_SECOND = frozenset({"you", "your", "yours", "yourself", "ya", "u"})
_FEELING = lexicon.listed("""appreciate believe feel feeling feels felt glad grateful guess happy hope hopeful imagine love loved loving lucky
    mean motivate motivated motivates motivating motivation proud remember support supporting supportive thankful thank
    thanks wish wonder inspire inspired inspires inspiring inspiration agree excited stoked pumped thrilled blessed care
    help helps helping encourage encouraging encouragement kind word words heart joy happiness journey goal goals dream
    dreams life love passion passionate positive positivity strong stronger strength progress step steps difference
    blast fun treat thrill important challenge challenges growth grow effort hard work worth friend friends family impact moment moments memories
    memory special luck look looks sound sounds everybody bet seriously vibe vibes friendship mindset balance
    community experience experiences change changes""")
_ADVICE = re.compile(
    r"\b(?:you|u) (?:should|could|might want to|may want to|need to|ought to|can try|have to)\b|^(?:try|check out|consider|avoid|use|start|make sure|add|set|put|give|ask|visit|go (?:to|see)|get (?:a|an|some))\b|\b(?:i|i'd|would|definitely|highly) (?:\w+ )?(?:recommend|suggest|advise)\b"
)
_IDLE_ADVICE = re.compile(
    r"\b(?:be|do|keep|take|feel|believe|know|trust|enjoy|stay|focus|make|go|get|it|that)\b[^,;]{0,30}$"
)


@cache
def opinions() -> frozenset[str]:
    """Words that judge ("great", "awful"), from `data/opinions.txt`."""
    return frozenset((resources.files("app.extraction") / "data" / "opinions.txt").read_text("utf-8").split())


def statements(reading: Reading, entities: Sequence[FoundEntity], times: Sequence[FoundTime]) -> list[Sentence] | str:
    """The sentences that say something or, when none does, why the turn is skipped."""
    remarks = [(sentence, remark(reading, sentence, entities, times)) for sentence in reading.sentences]
    if said := [sentence for sentence, reason in remarks if reason is None]:
        return said
    reasons = [reason for _, reason in remarks if reason is not None]
    weighty = [reason for reason in reasons if reason not in {"greeting", "farewell", "interjection"}]
    return (weighty or reasons or ["nothing said"])[0]


def remark(
    reading: Reading, sentence: Sentence, entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> str | None:
    """What kind of talk a sentence is, or None when it says something."""
    named = [e for e in entities if sentence.start <= e.start < sentence.end]
    text = sentence.text.lower().replace("’", "'")
    rest = _without_address(text, sentence, named)
    stripped = _OPENING.sub("", rest).strip(" ,.!-–—…:;)(")
    detail = _details(reading, sentence, named, times)
    if not stripped or not any(c.isalnum() for c in stripped):
        return "thanks" if "thank" in text else "interjection"
    if sentence.is_question and not opens_question(sentence.text):
        return _question(reading, sentence, detail)
    form = next((reason for reason, pattern in _FORMS if pattern.match(stripped) or pattern.match(rest)), None)
    has_subject = any(e.salience > 0.1 and e.type is not EntityType.PERSON for e in named)
    return _weigh(reading, sentence, stripped, detail, form, has_subject)


def _without_address(text: str, sentence: Sentence, named: Sequence[FoundEntity]) -> str:
    """The sentence without the names that only call someone."""
    for entity in reversed(named):
        if entity.salience <= 0.1:
            text = text[: entity.start - sentence.start] + text[entity.end - sentence.start :]
    return re.sub(r"\s*,\s*(?=[,.!?;]|$)", "", re.sub(r"^[\s,!.…–-]+", "", text)).strip()


def _details(reading: Reading, sentence: Sentence, named: Sequence[FoundEntity], times: Sequence[FoundTime]) -> int:
    """Names, dates and figures that the turn before did not have."""
    previous = (reading.turn.previous or "").lower()
    names = {e.name.lower() for e in named if e.salience > 0.1} - {
        n for n in (reading.turn.speaker or "").lower().split()
    }
    new = sum(name not in previous for name in names)
    new += sum(sentence.start <= t.start < sentence.end and t.text.lower() not in previous for t in times)
    figures = re.findall(r"\b\d[\d.,:%]*|https?://\S+", sentence.text)
    return new + sum(figure not in previous for figure in figures)


def _question(reading: Reading, sentence: Sentence, detail: int) -> str | None:
    """A question says something when it tells of the speaker on the way, with a detail that is new."""
    words = reading.words(sentence)
    own = any(word in {"i", "we"} for word in words)
    told = own and any(is_past(reading, i) for i in range(sentence.first, sentence.stop))
    novel = _novel(reading, sentence)
    if (
        told
        and (detail or len(novel) >= 3)
        and words[0] not in {"did", "do", "have", "can", "could", "should", "what", "how", "where"}
    ):
        return None
    return "question"


def _novel(reading: Reading, sentence: Sentence) -> list[str]:
    """Stems that say something and that the turn before did not have."""
    before = _stems_of(reading.turn.previous or "")
    words = [word for word in reading.words(sentence) if word not in opinions() and word not in _FEELING]
    names = {
        part for name in (reading.turn.previous_speaker, reading.turn.speaker) if name for part in name.lower().split()
    }
    return [s for s in content_stems(word for word in words if word not in names) if s not in before]


@cache
def _feeling_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in _FEELING)


def _stems_of(text: str) -> frozenset[str]:
    return frozenset(content_stems(re.findall(r"[^\W_]+", text.lower())))


def _weigh(
    reading: Reading, sentence: Sentence, stripped: str, detail: int, form: str | None, has_subject: bool
) -> str | None:
    words = [word for word in re.findall(r"[\w']+", stripped)]
    novel = [s for s in _novel(reading, sentence) if s not in _feeling_stems()]
    first = any(word.split("'")[0] in _FIRST for word in words) or words[0] in _DROPPED
    we = any(word.split("'")[0] in _WE for word in words)
    second = any(word.split("'")[0] in _SECOND for word in words)
    judges = any(word in opinions() or word in _FEELING for word in words) or bool(_VERDICT.match(stripped))
    judges = judges or lexicon.first_tag(words[0]) == "VBZ"  # "Takes courage": said of what the other told
    if _ADVICE.search(stripped) and (detail or len(novel) >= 2):
        return None
    if form is not None:
        told = _own_story(stripped) and len(novel) >= 3
        detailed = detail and form != "promise" and (first or not second)
        return None if told or detailed else form
    if detail or (has_subject and len(novel) >= 2):
        return None
    if reading.is_work and len(novel) >= 2:
        return None
    if _is_command(words) and not reading.is_technical and len(novel) < 4:
        return "encouragement"
    answers = (reading.turn.previous or "").rstrip().endswith("?") and not second
    if first:
        return None if novel or _states_self(words) or (answers and len(words) > 4) else "echo"
    if we:
        return None if len(novel) >= 1 + 4 * _generic_we(words) else "platitude"
    if second:
        return None if len(novel) >= 5 and not judges else "praise" if judges else "talk about the other"
    of_someone = bool(_THIRD.intersection(words[:3]))
    if len(novel) >= (2 if answers or of_someone or not judges else 4) or (answers and novel and not judges):
        return None
    return "praise" if judges else "platitude"


def _own_story(text: str) -> bool:
    """Whether what begins as a set phrase goes on to tell of the speaker."""
    return bool(
        re.search(
            r"(?:[-–—,;:]|\b(?:and|but|because|since|so|as|when|after|before)\b)\s*(?:\w+ )?(?:i|we|my|our)\b", text
        )
    )


def _generic_we(words: Sequence[str]) -> bool:
    """ "We all learn from mistakes", "we gotta push": everyone, not a group that did something."""
    return any(
        word in {"all", "gotta", "can", "should", "must", "need", "always", "each", "ourselves", "together", "let's"}
        for word in words
    )


def _is_command(words: Sequence[str]) -> bool:
    return bool(words) and lexicon.first_tag(words[0]) in {"VB", "VBP"} and words[0] not in _FIRST


def _states_self(words: Sequence[str]) -> bool:
    """A short answer about oneself: "I do, twice"."""
    return len(words) <= 3 and words[0] in {"i", "my"} and not set(words) & _FEELING and bool(set(words) - STOP)
