"""What words say of a statement's type. Rules are tried from top to bottom; the first that fits decides."""

import re
from dataclasses import dataclass
from enum import Enum

from app.domain.memory import Kind


class Tide(Enum):
    """A statement with a date, one that tells of the past, and one that says how things are."""

    DATED = "dated"
    PAST = "past"
    PRESENT = "present"


ALWAYS = frozenset(Tide)
HAPPENED = frozenset({Tide.DATED, Tide.PAST})
PRESENT = frozenset({Tide.PRESENT})
UNDATED = frozenset({Tide.PAST, Tide.PRESENT})


@dataclass(frozen=True, slots=True)
class Rule:
    """A type with the words that say it. Without a kind, what happened is EPISODIC and what is, SEMANTIC."""

    type: str
    says: re.Pattern[str]
    kind: Kind | None = Kind.SEMANTIC
    tides: frozenset[Tide] = ALWAYS
    unless: re.Pattern[str] | None = None


_ANYTHING = re.compile("")
_HABIT = re.compile(
    r"\b(?:(?:every|each) (?:\w+ )?(?:day|morning|afternoon|evening|night|week|weekend|month|year|time|summer|winter|sprint|release|quarter|hour|minute|\d+|mon|tue|wed|thu|fri|sat|sun)\w*|usually|always|often|normally|typically|generally|regularly|tend to|tends to|whenever|on weekends|weekly"
    r"|(?:once|twice|times|hours|minutes|days) (?:a|per|each|every) (?:day|week|month|year)|most (?:days|mornings|evenings|weekends)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days|in the (?:mornings|evenings)|as a rule)\b"
)
_RULE = re.compile(
    r"\b(?:pull requests?|prs|deploys|reviews|changes) (?:always |must |all )?(?:need|require|go|get)\b|\b\w+ names are\b|\b(?:names?|files|branches|commits|tests|messages|keys|tables|errors|dates|timestamps|ids|endpoints|variables|functions|classes|modules|releases|migrations|flags|handlers|components) (?:always |must |should |all )?(?:start|end|begin|live|follow|use|go|carry|have|get|are (?:named|written|stored|returned|kept|prefixed|suffixed|wrapped|logged))\b|\b(?:convention|by convention|we (?:always|never|name|prefix|put|keep|write|use|tag|commit|squash|run|review)|must (?:be|have|go|use|not|start|end|live|pass)"
    r"|all (?:new )?\w+ (?:must|should|are|go|have|use|live)|\b(?:built|written|structured|laid out|named|done) (?:alike|the same way)\b|every (?:\w+ ){1,4}?(?:must|has|is|gets|goes|follows|starts|ends|returns|carries|needs|lives|uses)"
    r"|follows? the|naming|prefixed|is always|are always|are never|is never|never (?:commit|push|merge|edit|deploy|call|log|store)|no \w+ (?:may|without))\b"
)
_TASTE = re.compile(
    r"\b(?:(?<!'d )(?<!would )(?<!their )(?<!your )(?<!his )(?<!her )(?<!the )(?<!of )love|loves|loved|adore|enjoy|enjoys|prefer|prefers|preferred|favou?rs?|hate|hates|dislike|dislikes|favou?rite|fave|can't stand|cannot stand"
    r"|fond of|fan of|(?:am|'m|is|are|'re) (?:really |so |super |totally |a bit |very |more )?into|keen on|passionate about|obsessed with|hooked on|would rather|'d rather|rather than"
    r"|(?:i|we|he|she|they|really|just|still|do|not|n't) likes?|likes (?:his|her|their|the|to)|motivates|(?:motivated|inspired) by|inspires|drives me|gives me|means (?:a lot|everything|the world)"
    r"|makes me|helps me (?:feel|relax|express|unwind|escape|de-?stress)|brings me|keeps me|cheers me|\bi (?:really |still |do )*miss (?:the|my|his|her|our|being|having|how)|important to me|big part of my|calms|my thing|my jam|my go-to|the best thing|appeals to me|matters to me)\b"
)
_WISH = re.compile(
    r"^(?:from now on,? |in (?:the )?future,? |going forward,? )?(?:please |always |never )?(?:use|prefer|name|answer|reply|respond|write|format|explain|speak|call me|address|show me|give me|skip|stop|spell|default to)\b|\b(?:please|i(?:'d| would) (?:like|prefer|rather)|i want (?:you|the|all|it|my|every|no)|i need (?:you|the|all)|(?:do not|don't|never|always) (?:use|add|send|write|suggest|include|call|ask|put)|keep (?:the |your |it |answers |replies |comments |explanations )?\w* ?(?:short|brief|to|simple|under)|answer in|reply in)\b"
)
_DECISION = re.compile(
    r"\b(?:decided|decide to|decision|voted|vote to|(?:we|to|and|will) stay (?:on|with)|staying (?:on|with)|stays? out of|agreed (?:to|on|with|that)|chose|chosen|choose|picked|going with|go with|went with|settled on|settle on|opted|we(?:'ll| will) (?:use|go|keep|drop|move|switch|stay|ship)"
    r"|switch(?:ed|ing)? (?:to|from)|(?:choosing|picking) .{2,40} over|settled (?:it|that)|(?:it's|we use|we take|use) [\w .+-]{2,30}, not \w+|stays (?:on|at|with) .{2,40}\b(?:until|because|since|for now)|is out because|^no \w+ (?:\w+ )?for (?:the|now|us|this)\b|(?<!be )approved|(?<!again )instead of|let's (?:not|use|go|keep|stick|stay|drop|ship|do|avoid)|we won't|ruled out|rejected|(?:we|i|they|team|have|has|were|been|we're|are) dropp(?:ed|ing)|dropp(?:ing|ed) (?:support|the plan|the idea)|no longer (?:use|support)|signed off|made up (?:my|our) mind|final(?:ly)? (?:choice|call)|standardi[sz](?:e|ed|ing) on|resolved to|committed to|deprecat(?:e|ed|ing)|stick(?:ing)? (?:with|to))\b"
)
_GOTCHA = re.compile(
    r"^if you\b.*,|\bno effect\b|\bstale\b|\buntil (?:you|a|it|the) \w+|\bactually\b|\b(?:watch out|beware|careful|gotcha|trap|pitfall|caveat|silently|otherwise|unless|quirk|the catch|workaround|work around|footgun|surprisingly|does(?:n't| not) (?:work|fire|apply|reload|survive|respect|support)|do(?:n't| not) (?:work|forget)|breaks? (?:when|if|on|the)|fails? (?:when|if|with|on|unless|because|silently)|hangs?|crash(?:es)? (?:when|if|on)|ignores?|swallows?|drops? the|loses?|miss(?:es)?|skips?|wipes?|clobbers?|overwrites?|strips?|corrupts?|duplicates?|stalls?|times out|returns? (?:null|none|empty|nothing|404|500|200)|only (?:works|fires|shows|runs|answers|triggers|applies|returns) (?:if|when|after|in|on|for)|will (?:fail|break|hang|crash|overwrite|lose)|leaks?|deadlocks?|truncates?|overflows?|is wrong|off by one|mis(?:reads|parses|leading)|has to be (?:restarted|cleared|set)|you (?:have to|must|need to) (?:restart|clear|set|run|delete|escape|pass|rebuild|call))\b"
)
_WARNING = re.compile(
    r"^(?:please )?(?:don't|do not|never|avoid)\b.{8,}(?:[,;:—-]| because | since | or (?:it|the|you) )"
)
_ARCHITECTURE = re.compile(
    r"\b(?:has|have|consists? of|is|are|made of|in) (?:two|three|four|five|several|\d) (?:halves|parts|layers|services|processes|components|stages|pieces|boards|tiers|indexes|steps|queues|nodes|halves)\b|\btalk(?:s|ing)? (?:only )?(?:to|over|via)\b|\bcalls? the .{3,50} (?:over|via|through)\b|\bsends? [\w ]{2,30} to\b|\bgo(?:es)? (?:up|straight|on|out|back) to\b|\bcomes? from the .{3,40} (?:through|via|over)\b|\bin (?:two|three|four) (?:parts|steps|stages|halves)\b|\bbehind (?:one|two|three)\b|\bgo(?:es)? (?:\w+ ){0,6}?(?:from|over|through|via|into) |, then (?:via|to|into|through)\b|\bone (?:\w+ )?(?:process|table|schema|database|bucket|queue|index|topic|endpoint|container) per\b|\bis an? (?:\w+ ){0,3}(?:app|service|monolith|binary|cluster|daemon|model) (?:with|that|on|behind|built|trained|written)\b|\b(?:collects|samples|batches|decodes|renders|feeds|streams|buffers) \w+|\b(?:trained|exported|served|compiled|packaged) (?:in|to|by|with|from)\b"
    r"|->|→|=>|\b(?:talks? to|connects? (?:to|via|through)|sits? (?:behind|between|in front)|in front\b|behind (?:a|an|the)|reads? from|writes? (?:in)?to|publish(?:es)? (?:to|events)?|consumes?|subscribes?|is split|split (?:in|into|between)|layers?|fans? out|forwards?|routes? |proxies|delegates?|wraps?|is (?:built|composed|made|served|hosted|backed|handled|stored|replicated|sharded|deployed) (?:on|of|up|from|by|in|as|behind|with)|(?:is|are) (?:stored|served|kept|hosted|handled|replicated|sharded|routed|sent|queued) (?:in|on|by|as|to|through|behind|via)|go(?:es)? (?:through|via|to)|lives? (?:in its own|behind)|depends on|source of truth|microservices?|monolith|pipeline|runs? (?:as|on|in|behind)|exposes?|communicates?|shares? (?:a|one|the|\w+ (?:through|via|over))|synced|replicat\w+|one (?:process|table|schema|database|bucket|queue) per|each (?:tenant|service|worker|team|customer|client) (?:has|gets|owns))\b"
)
_REFERENCE = re.compile(
    r"https?://|^(?:for|on|about) .{3,60}\bread\b|\bread .{2,60}(?:, )?(?:chapter|section|page|part)s? \w+|\b(?:docs?|documentation|documented|described|written up|runbook|spec|wiki|guide|manual|handbook|diagram|notes?|spreadsheet|sheet|slides|recording|list|checklist|source|template|credentials?|dashboard|file|page|paper|rfc|link) (?:\w+ ){0,4}(?:is|are|lives?|sits?|stands?|can be found) (?:in|at|on|under|here)\b|\b(?:documented|described|written up|explained|specified|defined) (?:in|at|on|under)\b|\b(?:lives?|found|is|are|kept|pinned|tracked|listed|stored|posted|linked) (?:in|at|on|under) .*\b(?:notion|confluence|wiki|drive|folder|repo|repository|readme|docs?|sheet|spreadsheet|channel|vault|1password|page|file|board|site|handbook|runbook|runbooks|docs/\S*|\w+/)(?:\b|(?<=/))|\b(?:see|refer to|look (?:in|at)|check (?:out )?(?:the )?)\b.{0,40}\b(?:for|section|chapter|page|file|doc|docs|channel)\b"
    r"|\b(?:recommend|recommended|check out|must[- ]read|must[- ]watch|worth (?:reading|watching|a read)|you should (?:read|watch|try|listen|play|check))\b|\bfor .{3,60}\bsee\b|\bthe link\b"
)
_DISCOVERY = re.compile(
    r"\b(?:found out|found (?:out )?(?:that|the|a|an|why)|turn(?:s|ed) out|discovered|discover|noticed|measured|profil(?:ed|ing)|benchmark(?:s|ed|ing)?|it seems that|root cause|caused by|traced|(?:times|twice as|half as) (?:faster|slower|smaller|larger|fast|slow|big|small)|with (?:that|this|it) .{3,40} (?:fixed|removed|off|out|gone|disabled)|(?:cut|cuts|reduced|dropped|fell|rose|grew|went|improved|halved|doubled|brought) .{0,40}(?:from|to|by) \W?\d+|\d+ ?(?:%|x|percent|times) (?:faster|slower|smaller|larger|fewer|more|less|cheaper)|most of the (?:\w+ ){0,2}(?:time|memory|cost|space) (?:goes|is spent)|saves? (?:\w+ ){1,2}(?:ms|seconds|minutes|hours|mb|gb|percent)\b|\bp(?:50|9\d) (?:stays?|is|was|drops?|rises?|goes)|\d+ (?:requests|queries|users|messages) (?:per|a) second|tested|tried .{0,40}(?:and|but)|experiment|the (?:culprit|reason|cause) (?:is|was)|realised|realized that)\b"
)
_INSIGHT = re.compile(
    r"\b(?:lesson|lessons|learn(?:ed|t) (?:that|the|how|to|a lot|from|so)|taught (?:me|us)|takeaway|(?:the )?key (?:is|to|was)|secret (?:is|to)|is (?:the |really )?key\b|it(?:'s| is) (?:important|crucial|essential|worth|better|best|vital|key|okay|ok) to|important (?:to|thing)|matters|pays off|paid off|remind(?:s|ed)? (?:me|us) (?:that|of how|to|how)|reali[sz]ed? (?:that|how|what|the|i)|made me (?:reali[sz]e|think|appreciate|see)|show(?:s|ed) (?:me|us)|you should|you (?:can|could|might|need)|should (?:have|start|never|always)|next time|in hindsight|rule of thumb|better than|cheaper than|(?:helps|help) (?:to|you)|tip|advice|try (?:to )?\w+ing|make sure|don't be|^start (?:small|with|by))\b"
)
_NOTE = re.compile(
    r"\b(?:want(?:s)? to|wanna|hope to|hoping to|hopes to|would love to|'d love to|would like to|'d like to|goal(?:s)?|dream(?:s|ing)? (?:of|is|to|about)|plan(?:s|ning)? (?:to|on)|planning|thinking (?:of|about)|considering|someday|one day|in the future|eventually|looking (?:to|into|for)|todo|to do|need to|needs to|have to|should we|open question|undecided|not sure (?:if|whether|what|how)|unclear|maybe|might|wonder(?:ing)?|figur(?:e|ing) out|going to|gonna|aim(?:ing)? (?:to|for)|saving (?:up )?for|working (?:on|towards?)|bucket list|follow[- ]up|remember to|still (?:open|missing|need))\b"
)
_STARTING = re.compile(
    r"\b(?:just|recently|finally|already|newly)\b.{0,20}\b(?:started|joined|began|got|signed|bought|finished|moved|adopted|met|launched|released|won|lost|became|opened|had|made|took|went)\b|\b(?:started|began|signed up|joined)\b|\bis pregnant\b|\b(?<!'ve )(?<!have )got (?:engaged|married|promoted|hired|fired|accepted|a|the|my)\b|\b(?:passed away|broke (?:up|down|my))\b"
)
_USED_TO = re.compile(r"\b(?:used to|back (?:then|in the day)|as a (?:kid|child)|when i was|grew up|growing up)\b")
_DOUBT = re.compile(r"\b(?:should we|might|maybe|not (?:yet )?decided|whether|wonder)\b")
_OPEN = re.compile(
    r"\bopen question|\btbd\b|\bundecided\b|\bnot (?:yet )?decided\b|\bstill (?:open|unclear|undecided)\b|\btodo\b|\bto-do\b|\bfollow[- ]up\b"
    r"|^next(?: up| steps?)?:|^(?:goals?|plan|idea|ideas|todo|wish)\b|\bidea:|^ideas?\b|\bquestion:|\bsomeone (?:should|needs to|has to)\b|\bwe (?:still )?(?:need|have) to\b|\bit is unclear\b|\bnot sure (?:if|whether|why|how)\b|\bsomeday\b|\bmaybe we\b|\bwe might\b"
)
_LESSON = re.compile(
    r"\blessons?\b|\btakeaway\b|\bin hindsight\b|\brule of thumb\b|\bnext time\b|\bin retrospect\b|\bmoral\b|\bpays? off\b|\bis worth\b|\bwas worth\b|\btaught us\b|\bwe learn(?:ed|t)\b|\bis (?:worse|better) than (?:none|nothing|no)\b"
)
_MINUTES = re.compile(
    r"^(?:weekly|planning|stand-?up|retro\w*|sync|meeting|minutes|notes from|call|review|demo|1:1)\b[^:]{0,40}:"
)
_SINCE_THEN = re.compile(
    r"\b(?:came|joined|moved|started|switched)\b.*\band (?:still |now |also )?(?:knows|owns|looks after|leads|runs|maintains|handles|covers|manages|has|is (?:our|the))\b|\bdates? (?:from|back)\b"
)
_HOLDS = re.compile(
    r"\b(?:page|docs?|slides|sheet|spreadsheet|wiki|readme|paper|handbook|manual|runbook|guide)\b[^.;]*\b(?:has|have|lists?|covers?|explains?|describes?|documents?)\b"
)
_EACH = re.compile(
    r"^(?:all|each|every) (?:[\w-]+ ){1,6}?(?:is|are|has|have|starts?|gets?|goes|ends?|carr\w+|begins?)\b"
)
_FLOW = re.compile(
    r"->|→|=>|\bin (?:two|three|four) (?:parts|steps|stages|halves)\b|\b(?:sits?|runs?|stands?) (?:behind|in front of|between)\b|\bgo(?:es)? straight to\b|\btalks? (?:only |never )?to\b|\bnever talks? to\b|\b(?:is|are) (?:written|copied|pushed|pulled|rendered|mirrored|shipped) (?:by|to|into|through)\b"
)
_TIP = re.compile(
    r"^(?:tip|advice|a word of advice|rule of thumb|lesson)\b|^(?:\w+, )?what (?:\w+ ){0,3}(?:brought|made|helped|saved|fixed|worked|got|cut|cost|killed|broke|slowed|mattered) .*\b(?:was|were|is|are)\b"
    r"|\blooking back\b|\bthe hard way\b|\bwe(?:'d| would) have (?:saved|been better|avoided|noticed)|\b(?:did|does|do|helps?|helped|saves?|saved|worth) more (?:for \w+ )?(?:\w+ ){0,3}?than\b|\bin my experience\b|\bonly hides?\b|^if .{4,70}, (?:ask|fix|measure|talk|sleep|count|write|plan|assume|start|expect)\b|\bbefore you (?:estimate|promise|commit to|optimi[sz]e|automate|decide|buy|build)\b"
)
_TO_ME = re.compile(
    r"^(?:please )?(?:do not|don't|never) (?:[\w-]+ ){1,5}?(?:to |for )?me\b|\bwhen(?:ever)? you (?:show|write|send|answer|reply|summari[sz]e|explain|report|suggest|paste|draft|quote|review)\b"
    r"|\bi (?:do not|don't) want (?:a|any|you|your|the|these|those|more|comments)\b|^(?:please )?(?:keep|leave) (?:the |your |all |my )?[\w -]{2,30}? in (?:[a-z]+ |$)"
    r"|\b(?:wants|likes|prefers) (?:her|his|their|every|all|no|us|the \w+ (?:\w+ )?(?:in|to|by|as))\b|\b(?:gets?|is|are) (?:annoyed|irritated|upset)\b|\bannoys\b"
)
_WANTED = re.compile(rf"{_TASTE.pattern}|\bplease\b")
_TRAP = re.compile(
    r"^known (?:one|issue|bug|problem)\b|\bquietly\b|\beven (?:with|in|if|after|though|when(?! i\b))\b|\bcan (?:arrive|come|run|fire|finish|land|start) (?:\w+ )?before\b|\bstill \w+ but\b|\breturns? (?:garbage|nonsense|junk)\b|, or (?:you|it|they|the|everything|all)\b.{0,20}\b(?:burn|break|lose|fail|go|shows?|get|end|crash|hang)|\bgotcha\b|\bwatch out\b|\bbeware\b|\bcaveat\b|\bsilently\b|\bpitfall\b|\bfootgun\b|\bworkaround\b|\bcareful\b|\bthe catch\b|\btrap\b|\bheads[- ]up\b|\bquirk\b|\bmind that\b|\bnote that\b.*\b(?:only|not|until)\b"
)
_REALISED = re.compile(
    r"\b(?:learn(?:ed|t) (?:that|the importance)|taught me|made me reali[sz]e|reali[sz]ed (?:that|how))\b"
)
_MEASURED = re.compile(
    r"^(?:found it|bisected|benchmarked|profiled|traced|reproduced|timed)\b|\b(?:leak|crash|jitter|slowdown|latency|spike|error|failure|bug|delay|growth|noise)(?:s|es)? (?:\w+ ){0,2}?(?:comes?|came|starts?|stems?|is|was|sits) (?:from|with|at|in)\b"
    r"|^(?:benchmarks?|measured|results?|profiling)\b.*\d|\b(?:cut|cuts|reduced|dropped|halved|doubled|improved|lowered|raised) .{0,40}(?:from|to|by) \W?\d+"
)
_MENDED = re.compile(
    r"\b(?:fail|crash|hang|break|broke|stall|die|drop|lose|corrupt|garbage|wrong|stale|null|swap|expire|duplicate|leak|ignore|times? out|kill|miss)\w*\b.*[;:,—-] (?:so )?(?:stop|run|use|set|pass|restart|delete|clear|escape|disable|enable|add|pin|avoid|don't|do not|send|wait|swap|leave|rename|rebuild|copy|wrap|check|call|turn|switch|bump|upgrade|downgrade|retry|unlock|edit|patch|move|install|mount|clean|flush|kill)\b"
)
_MOVED = re.compile(
    r"\b(?:moved|migrated|replaced|swapped)\b.{0,60}\b(?:from|to|with|by|for)\b.{0,60}\b(?:because|since|so that)\b"
)
_FOUND_OUT = re.compile(
    r"\b(?:noticed (?:that )?(?:i|my|it|the)\b|(?:found|discovered|figured) (?:out )?that .{0,60}\b(?:better|worse|helps?|works?|easier|faster|calmer|less|more)\b)"
)
_OFTEN = re.compile(
    r"\b(?:every|each) (?:\w+ )?(?:day|morning|afternoon|evening|night|week|weekend|month|year|mon|tue|wed|thu|fri|sat|sun)\w*\b"
)
_LIKING = re.compile(r"\b(?:i|we|really|do) (?:love|like|enjoy|prefer|adore)\b|\bfavou?rite\b")
_CHOSE = re.compile(r"\b(?:decided|chose|made up my mind|opted)\b")
_ADVISED_WORK = re.compile(
    r"\b(?:recommend(?:ed)?|copy of [\"“]|(?:try|read|watch|start with) [\"“]|check out (?!this|my|these|that|how|the (?:pic|photo|picture))|must[- ](?:read|watch)|worth (?:reading|watching)|(?:you should|you have to|you've got to|you gotta|definitely) (?:read|watch|listen|play|try|see))\b"
)
_OF_SELF = re.compile(r"\b(?:i'm|i am|my)\b")

_ROUTINE = re.compile(r"\b(?:routine|schedule|habit|ritual|tradition)s?\b")
_DECIDED_FIRST = re.compile(r"^(?:[\w']+\W+){0,5}(?:decided|chose)\b")
_VERDICT = re.compile(
    r"\b(?:is|are|'s|'re) (?:\w+ ){0,2}?(?:amazing|awesome|terrible|awful|incredible|fantastic|wonderful|boring|overrated|underrated|the best|the worst|delicious|gorgeous|horrible|brilliant|disgusting|addictive|relaxing|beautiful|stunning)\b"
)

WORK: tuple[Rule, ...] = (
    Rule("event", _MINUTES, kind=Kind.EPISODIC, tides=frozenset({Tide.DATED})),
    Rule("fact", _SINCE_THEN),
    Rule("insight", _LESSON),
    Rule("insight", _TIP),
    Rule("note", _OPEN),
    Rule("preference", _TO_ME),
    Rule("gotcha", _WARNING),
    Rule("gotcha", _TRAP, unless=_WANTED),
    Rule("gotcha", _MENDED, tides=UNDATED),
    Rule("discovery", _MEASURED, tides=UNDATED, unless=_CHOSE),
    Rule("decision", _MOVED, kind=Kind.EPISODIC),
    Rule("decision", _DECISION, kind=Kind.EPISODIC, tides=frozenset({Tide.DATED}), unless=_DOUBT),
    Rule("decision", _DECISION, tides=UNDATED, unless=_DOUBT),
    Rule("preference", _WISH),
    Rule("preference", _TASTE, tides=UNDATED),
    Rule("architecture", _FLOW, tides=PRESENT),
    Rule("reference", _HOLDS),
    Rule("pattern", _EACH, tides=PRESENT),
    Rule("reference", _REFERENCE),
    Rule("discovery", _DISCOVERY, kind=Kind.EPISODIC, tides=frozenset({Tide.DATED})),
    Rule("discovery", _DISCOVERY, tides=UNDATED),
    Rule("event", _ANYTHING, kind=Kind.EPISODIC, tides=HAPPENED),
    Rule("gotcha", _GOTCHA),
    Rule("pattern", _RULE),
    Rule("architecture", _ARCHITECTURE),
    Rule("pattern", _HABIT),
    Rule("note", _NOTE),
    Rule("insight", _INSIGHT),
)
CHAT: tuple[Rule, ...] = (
    Rule("pattern", _HABIT, tides=frozenset({Tide.DATED})),
    Rule("decision", _DECIDED_FIRST, kind=Kind.EPISODIC, tides=HAPPENED),
    Rule("event", _ANYTHING, kind=Kind.EPISODIC, tides=frozenset({Tide.DATED})),
    Rule("insight", _REALISED, tides=frozenset({Tide.PAST})),
    Rule("discovery", _FOUND_OUT, tides=frozenset({Tide.PAST})),
    Rule("event", _ANYTHING, kind=Kind.EPISODIC, tides=frozenset({Tide.PAST})),
    Rule("fact", _USED_TO),
    Rule("event", _STARTING, kind=Kind.EPISODIC),
    Rule("decision", _CHOSE, kind=Kind.EPISODIC),
    Rule("reference", _ADVISED_WORK),
    Rule("pattern", _OFTEN, unless=_LIKING),
    Rule("preference", _TASTE),
    Rule("pattern", _HABIT),
    Rule("pattern", _ROUTINE),
    Rule("note", _NOTE),
    Rule("preference", _VERDICT, unless=_OF_SELF),
    Rule("insight", _INSIGHT, unless=_OF_SELF),
)
