"""Kind and type of a sentence, and of a turn by its main statement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.memory import Kind
from app.extraction.findings import FoundEntity, FoundTime
from app.extraction.reading import Reading, Sentence, is_past
from app.extraction.stems import content_stems

_HABIT = re.compile(
    r"\b(?:every|each|usually|always|often|normally|typically|generally|regularly|tend to|tends to|whenever|on weekends|weekly"
    r"|(?:once|twice|times|hours|minutes|days) (?:a|per|each|every) (?:day|week|month|year)|most (?:days|mornings|evenings|weekends)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days|in the (?:mornings|evenings)|routine|schedule|habit|ritual|tradition)\b"
)
_RULE = re.compile(
    r"\b(?:convention|by convention|we (?:always|never|name|prefix|put|keep|write|use|tag|commit|squash|run|review)|must (?:be|have|go|use|not|start|end|live|pass)"
    r"|all (?:new )?\w+ (?:must|should|are|go|have|use|live)|every (?:\w+ )?\w+ (?:must|has|is|gets|goes|follows|starts|ends|returns|carries|needs|lives|uses)"
    r"|follows? the|naming|prefixed|is always|are always|are never|is never|never (?:commit|push|merge|edit|deploy|call|log|store)|no \w+ (?:may|without))\b"
)
_TASTE = re.compile(
    r"\b(?:love|loves|loved|adore|enjoy|enjoys|prefer|prefers|preferred|hate|hates|dislike|dislikes|favou?rite|fave|can't stand|cannot stand"
    r"|fond of|fan of|(?:am|'m|is|are|'re) (?:really |so |super |totally |a bit |very |more )?into|keen on|passionate about|obsessed with|hooked on|would rather|'d rather|rather than"
    r"|(?:i|we|he|she|they|really|do|not|n't) likes?|likes (?:his|her|their|the|to)|motivat(?:es|ed|ing)|inspire[sd]?|drives me|gives me|means (?:a lot|everything|the world)"
    r"|makes me|helps me (?:feel|relax|express|unwind|escape|de-?stress)|brings me|keeps me|cheers me|important to me|big part of my|calms|my thing|my jam|my go-to|the best thing|appeals to me|matters to me)\b"
)
_WISH = re.compile(
    r"^(?:please |always |never )?(?:answer|reply|respond|write|format|explain|speak|call me|address|show me|give me|skip|stop|spell|default to)\b|\b(?:please|i(?:'d| would) (?:like|prefer|rather)|i want (?:you|the|all|it|my|every|no)|i need (?:you|the|all)|(?:do not|don't|never|always) (?:use|add|send|write|suggest|include|call|ask|put)|keep (?:the |your |it |answers |replies |comments |explanations )?\w* ?(?:short|brief|to|simple|under)|answer in|reply in)\b"
)
_DECISION = re.compile(
    r"\b(?:decided|decide to|decision|agreed (?:to|on|with|that)|chose|chosen|choose|picked|going with|go with|went with|settled on|settle on|opted|we(?:'ll| will) (?:use|go|keep|drop|move|switch|stay|ship)"
    r"|switch(?:ed|ing)? (?:to|from)|approved|instead of|let's (?:not|use|go|keep|stick|stay|drop|ship|do|avoid)|we won't|ruled out|rejected|dropp(?:ed|ing)|dropped support|no longer (?:use|support)|signed off|made up (?:my|our) mind|final(?:ly)? (?:choice|call)|standardi[sz](?:e|ed|ing) on|resolved to|committed to|deprecat(?:e|ed|ing)|stick(?:ing)? (?:with|to))\b"
)
_GOTCHA = re.compile(
    r"\b(?:watch out|beware|careful|gotcha|trap|pitfall|caveat|silently|otherwise|unless|quirk|the catch|workaround|work around|footgun|surprisingly|does(?:n't| not) (?:work|fire|apply|reload|survive|respect|support)|do(?:n't| not) (?:work|forget)|breaks? (?:when|if|on|the)|fails? (?:when|if|with|on|unless|because|silently)|hangs?|crash(?:es)? (?:when|if|on)|ignores?|swallows?|drops? the|loses?|miss(?:es)?|skips?|wipes?|clobbers?|overwrites?|strips?|corrupts?|duplicates?|stalls?|times out|returns? (?:null|none|empty|nothing|404|500|200)|only (?:works|fires) (?:if|when|after)|will (?:fail|break|hang|crash|overwrite|lose)|leaks?|deadlocks?|truncates?|overflows?|is wrong|off by one|mis(?:reads|parses|leading)|has to be (?:restarted|cleared|set)|you (?:have to|must|need to) (?:restart|clear|set|run|delete|escape|pass|rebuild|call))\b"
)
_WARNING = re.compile(
    r"^(?:please )?(?:don't|do not|never|avoid)\b.{8,}(?:[,;:—-]| because | since | or (?:it|the|you) )"
)
_ARCHITECTURE = re.compile(
    r"->|→|=>|\b(?:talks? to|connects? (?:to|via|through)|sits? (?:behind|between|in front)|in front\b|behind (?:a|an|the)|reads? from|writes? (?:in)?to|publish(?:es)? (?:to|events)?|consumes?|subscribes?|is split|split (?:in|into|between)|layers?|fans? out|forwards?|routes? |proxies|delegates?|wraps?|is (?:built|composed|made|served|hosted|backed|handled|stored|replicated|sharded|deployed) (?:on|of|up|from|by|in|as|behind|with)|are (?:stored|served|kept|hosted|handled|replicated|sharded|written|routed|sent|queued) (?:in|on|by|as|to|through|behind|via)|go(?:es)? (?:through|via)|lives? (?:in its own|behind)|depends on|source of truth|microservices?|monolith|pipeline|runs? (?:as|on|in|behind)|exposes?|communicates?|shares? (?:a|one|the)|synced|replicat\w+|one (?:process|table|schema|database|bucket|queue) per|each (?:tenant|service|worker|team|customer|client) (?:has|gets|owns))\b"
)
_REFERENCE = re.compile(
    r"https?://|\b(?:docs?|documentation|documented|described|written up|runbook|spec|wiki|guide|manual|handbook|diagram|notes?|spreadsheet|sheet|slides|recording|list|checklist|source|template|credentials?|dashboard|file|page|paper|rfc|link) (?:\w+ ){0,4}(?:is|are|lives?|sits?|stands?|can be found) (?:in|at|on|under|here)\b|\b(?:lives?|found|documented|described|written up|kept|pinned|tracked|listed) (?:in|at|on|under)\b|\b(?:see|refer to|look (?:in|at)|check (?:out )?(?:the )?)\b.{0,40}\b(?:for|section|chapter|page|file|doc|docs|channel)\b"
    r"|\b(?:recommend|recommended|check out|must[- ]read|must[- ]watch|worth (?:reading|watching|a read)|you should (?:read|watch|try|listen|play|check))\b|\bfor .{3,60}\bsee\b|\bthe link\b"
)
_DISCOVERY = re.compile(
    r"\b(?:found (?:out )?(?:that|the|a|an|why)|turn(?:s|ed) out|discovered|discover|noticed|measured|profil(?:ed|ing)|benchmark(?:s|ed|ing)?|it seems that|root cause|caused by|traced|(?:cut|cuts|reduced|dropped|fell|rose|grew|went|improved|halved|doubled|brought) .{0,40}(?:from|to|by) \W?\d|\d+ ?(?:%|x|percent|times) (?:faster|slower|smaller|larger|fewer|more|less|cheaper)|tested|tried .{0,40}(?:and|but)|experiment|the (?:culprit|reason|cause) (?:is|was)|realised|realized that)\b"
)
_INSIGHT = re.compile(
    r"\b(?:lesson|lessons|learn(?:ed|t) (?:that|the|how|to|a lot|from|so)|taught (?:me|us)|takeaway|(?:the )?key (?:is|to|was)|secret (?:is|to)|is (?:the |really )?key\b|it(?:'s| is) (?:important|crucial|essential|worth|better|best|vital|key|okay|ok) to|important (?:to|thing)|matters|pays off|paid off|remind(?:s|ed)? (?:me|us) (?:that|of how|to|how)|reali[sz]ed? (?:that|how|what|the|i)|made me (?:reali[sz]e|think|appreciate|see)|show(?:s|ed) (?:me|us)|you should|you (?:can|could|might|need)|should (?:have|start|never|always)|next time|in hindsight|rule of thumb|better than|cheaper than|(?:helps|help) (?:to|you)|tip|advice|try (?:to )?\w+ing|make sure|don't be|start (?:small|with|by))\b"
)
_NOTE = re.compile(
    r"\b(?:want(?:s)? to|wanna|hope to|hoping to|hopes to|would love to|'d love to|would like to|'d like to|goal(?:s)?|dream(?:s|ing)? (?:of|is|to|about)|plan(?:s|ning)? (?:to|on)|planning|thinking (?:of|about)|considering|someday|one day|in the future|eventually|looking (?:to|into|for)|todo|to do|need to|needs to|have to|should we|open question|undecided|not sure (?:if|whether|what|how)|unclear|maybe|might|wonder(?:ing)?|figur(?:e|ing) out|going to|gonna|aim(?:ing)? (?:to|for)|saving (?:up )?for|working (?:on|towards?)|bucket list|follow[- ]up|remember to|still (?:open|missing|need))\b"
)
_STARTING = re.compile(
    r"\b(?:just|recently|finally|already|newly)\b.{0,20}\b(?:started|joined|began|got|signed|bought|finished|moved|adopted|met|launched|released|won|lost|became|opened|had|made|took|went)\b|\b(?:started|began|signed up|joined)\b|\bis pregnant\b|\b(?<!'ve )(?<!have )got (?:engaged|married|promoted|hired|fired|accepted|a|the|my)\b|\b(?:passed away|broke (?:up|down|my))\b"
)
_PERFECT_ONGOING = re.compile(r"\b(?:have|has|'ve|'s) (?:\w+ )?been\b")
_PERFECT = re.compile(r"\b(?:have|has|'ve) (?:just |already |finally |recently |\w+ly )?(\w+)")
_USED_TO = re.compile(r"\b(?:used to|back (?:then|in the day)|as a (?:kid|child)|when i was|grew up|growing up)\b")
_STATE = re.compile(r"\b(?:is|are|am|'m|'s|'re)\b")
_FUTURE = re.compile(
    r"\b(?:will|'ll|going to|gonna|plan(?:s|ning)? to|is (?:due|scheduled|coming)|are (?:due|scheduled|coming)|starts?|begins?|ends?|opens?|expires?|leaves?|ships?|launch(?:es)?|takes place|upcoming|coming up)\b"
)


@dataclass(frozen=True, slots=True)
class Class:
    kind: Kind
    type: str


def main_sentence(
    reading: Reading, said: Sequence[Sentence], entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> Sentence:
    """The sentence that says most: dated, in the past, about the speaker, with names; earlier ones first."""

    def weight(pair: tuple[int, Sentence]) -> tuple[float, int]:
        place, sentence = pair
        words = reading.words(sentence)
        names = sum(e.salience > 0.1 for e in entities if sentence.start <= e.start < sentence.end)
        return (
            3.0 * any(sentence.start <= t.start < sentence.end for t in times)
            + 1.5 * _has_past_event(reading, sentence)
            + 1.0 * bool({"i", "my", "we", "our", "me"}.intersection(words))
            + 0.5 * min(names, 2)
            + 0.15 * min(len(content_stems(words)), 10)
            - 0.3 * place
            - 1.5 * sentence.is_question,
            -place,
        )

    return max(enumerate(said), key=weight)[1]


def classify(reading: Reading, sentence: Sentence, times: Sequence[FoundTime]) -> Class:
    """Kind and type of one statement."""
    text = sentence.text.lower().replace("’", "'")
    dated = any(sentence.start <= t.start < sentence.end for t in times)
    past = _has_past_event(reading, sentence)
    return _technical(text, dated, past) if reading.is_work else _personal(reading, text, dated, past)


def _technical(text: str, dated: bool, past: bool) -> Class:
    happened = Kind.EPISODIC if dated or past else Kind.SEMANTIC
    if re.search(r"\blessons?\b|\btakeaway\b|\bin hindsight\b|\brule of thumb\b|\bnext time\b", text):
        return Class(Kind.SEMANTIC, "insight")
    if re.search(
        r"\bopen question|\btbd\b|\bundecided\b|\bnot (?:yet )?decided\b|\bstill (?:open|unclear)\b|\btodo\b|\bfollow[- ]up\b",
        text,
    ):
        return Class(Kind.SEMANTIC, "note")
    if _WARNING.search(text):
        return Class(Kind.SEMANTIC, "gotcha")
    if re.search(
        r"\bgotcha\b|\bwatch out\b|\bbeware\b|\bcaveat\b|\bsilently\b|\bpitfall\b|\bfootgun\b|\bworkaround\b", text
    ):
        return Class(Kind.SEMANTIC, "gotcha")
    if _DECISION.search(text) and not re.search(r"\b(?:should we|might|maybe|not (?:yet )?decided)\b", text):
        return Class(Kind.EPISODIC if dated else Kind.SEMANTIC, "decision")
    if _WISH.search(text) or (_TASTE.search(text) and not dated):
        return Class(Kind.SEMANTIC, "preference")
    if _REFERENCE.search(text):
        return Class(Kind.SEMANTIC, "reference")
    if _DISCOVERY.search(text):
        return Class(happened, "discovery")
    if dated or past:
        return Class(Kind.EPISODIC, "event")
    if _GOTCHA.search(text):
        return Class(Kind.SEMANTIC, "gotcha")
    if _RULE.search(text):
        return Class(Kind.SEMANTIC, "pattern")
    if _ARCHITECTURE.search(text):
        return Class(Kind.SEMANTIC, "architecture")
    if _HABIT.search(text):
        return Class(Kind.SEMANTIC, "pattern")
    if _NOTE.search(text):
        return Class(Kind.SEMANTIC, "note")
    if _INSIGHT.search(text):
        return Class(Kind.SEMANTIC, "insight")
    return Class(Kind.SEMANTIC, "fact")


def _personal(reading: Reading, text: str, dated: bool, past: bool) -> Class:
    if dated and not _HABIT.search(text):
        return Class(Kind.EPISODIC, "event")
    if _USED_TO.search(text) and not past:
        return Class(Kind.SEMANTIC, "fact")
    if past or _STARTING.search(text):
        return _past(text)
    if _DECISION.search(text) and re.search(r"\bdecided|decision|chose\b", text):
        return Class(Kind.SEMANTIC, "decision")
    if re.search(r"\b(?:recommend|check out|must[- ](?:read|watch)|you should (?:read|watch|listen|play))\b", text):
        return Class(Kind.SEMANTIC, "reference")
    if _TASTE.search(text) or _asked_taste(reading):
        return Class(Kind.SEMANTIC, "preference")
    if _HABIT.search(text):
        return Class(Kind.SEMANTIC, "pattern")
    if _NOTE.search(text):
        return Class(Kind.SEMANTIC, "note")
    if _INSIGHT.search(text) and not re.search(r"\b(?:i'm|i am|my)\b", text):
        return Class(Kind.SEMANTIC, "insight")
    return Class(Kind.SEMANTIC, "fact")


def _past(text: str) -> Class:
    if re.search(
        r"\b(?:learn(?:ed|t) (?:that|the importance)|taught me|made me reali[sz]e|reali[sz]ed (?:that|how))\b", text
    ):
        return Class(Kind.SEMANTIC, "insight")
    if re.search(r"\b(?:decided|chose)\b", text):
        return Class(Kind.EPISODIC, "decision")
    return Class(Kind.EPISODIC, "event")


def _asked_taste(reading: Reading) -> bool:
    """The turn before asked what someone likes."""
    previous = (reading.turn.previous or "").lower()
    return bool(
        re.search(
            r"\b(?:what|which|who)\b[^?]*\b(?:love|like|enjoy|favou?rite|prefer|inspires?|motivates?)\b[^?]*\?",
            previous,
        )
    )


def _has_past_event(reading: Reading, sentence: Sentence) -> bool:
    """A verb in the past that is not inside "what I thought" or "glad you came"."""
    for i in range(sentence.first, sentence.stop):
        if is_past(reading, i) and not _subordinate(reading, sentence, i):
            return True
    return False


def _subordinate(reading: Reading, sentence: Sentence, i: int) -> bool:
    """Inside a relative clause or said of the other: it does not make the statement one about the past."""
    before = reading.lowers[max(sentence.first, i - 4) : i]
    return bool(
        {"who", "that", "which", "what", "since", "you", "if", "than", "as", "where", "how", "when"}.intersection(
            before
        )
    )
