"""The set phrases of talk, and the words that judge or feel without telling anything."""

import re
from functools import cache
from importlib import resources

from app.extraction import lexicon

OPENING = re.compile(
    r"^(?:(?:(?:nice|good|great) (?:catch|find|spot)|understood|noted|roger|no (?:problem|worries|way|doubt)|sure thing|of course|for sure|my pleasure|you bet|thank you|thanks (?:a (?:lot|bunch|ton|million)|so much)|(?:oh )?my (?:god|gosh|goodness|word|lord)|goodness(?: me)?|lord|holy \w+|good (?:grief|lord|heavens)|thank (?:god|goodness|heavens)|at the end of the day|o+h+|dude|girl|bro|mate|a+h+|aw+|wow|yeah|yep|yup|yes|no|nope|nah|ok|okay|hey|hi|hello|yo|ha(?:ha)*|my (?:dear )?(?:friend|boy|girl|dear|love)|lol|hmm+|well|so|and|but|man|sure(?: thing)?"
    r"|right|true|exactly|absolutely|definitely|totally|of course|for sure|indeed|agreed?|cool|nice|great|awesome|amazing"
    r"|congrats|congratulations|thanks|thank you|thx|cheers|sorry|please|anytime|certainly|gotcha|got it|damn|gosh"
    r"|omg|poor thing|bless (?:you|him|her|them)|whoa|woah|yay|phew|ugh|aha|btw|by the way|honestly|actually|also|plus|then|perfect|good|fantastic|wonderful"
    r"|incredible|brilliant|excellent|sweet|neat|fair enough|same here)\b[\s,!.…:;–—-]*)+"
)
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        (
            "greeting",
            r"(?:it's |it is |so )?(?:great|good|nice|lovely|awesome|glad) to (?:hear|see|chat|talk|meet|catch|be)\b.{0,40}(?:you|again|up|back|here)",
        ),
        (
            "greeting",
            r"(?:long time|how (?:are|is|have|'s|’s)|how's|what's up|what's new|been a (?:while|few)|it's been (?:a while|ages|a few|so long|too long)|hope (?:you|all|everything|things)|good (?:morning|evening|afternoon|night|day)|(?:morning|evening|afternoon)[ ,.!]*$|welcome|hi there|hey there|happy to (?:see|chat))\b",
        ),
        (
            "farewell",
            r"(?:(?:please |and )?(?:(?:give|kiss|hug|squeeze|pat|cuddle|thank|congratulate) .{2,40} (?:from|for) (?:me|us)\b|say (?:hi|hello|hey) to)|see (?:you|ya)|bye|goodbye|talk (?:soon|later|to you)|catch (?:you|ya) later|take (?:care|it easy)|have (?:a|an|fun|yourself)\b|good ?night|until next time|later|stay (?:safe|well|strong|positive|tuned|healthy|motivated|focused)|enjoy\b|cheers|till next)",
        ),
        (
            "thanks",
            r"(?:for (?:pointing|sharing|the|your|being|letting|telling|all|asking|helping|checking|listening|having|taking|making|everything)\b|(?:that|this|it) (?:really |totally |so )?(?:cheered me up|helps?|helped)\b|i (?:really |so )?needed (?:to hear )?(?:that|this|it)\b|thanks|thank you|thx|many thanks|much appreciated|(?:i )?(?:really |truly |so |do |totally )*appreciate (?:it|that|this|you|your|the (?:support|help|advice|offer|kind|encouragement|reminder|tip|suggestion)|all)|i(?:'m| am) (?:so |really |truly |very |super )*(?:grateful|thankful|blessed|lucky) (?:for|to have) (?:you|your|the support|such)|(?:that|it|this|your .{1,30}) (?:really |truly |all )*means? (?:a lot|so much|the world|a ton|everything))",
        ),
        (
            "praise",
            r"(?:on (?:the|your|getting|making|finishing|winning|becoming|such)\b(?=[^.]{0,60}$)|(?:all|that|the|your) .{0,40}\bpa(?:id|ys|ying) off|you(?:'re|’re| are| guys are)|you(?:'ve|’ve| have) (?:got |always|really|been so|(?:really |always |all )?(?:done|come|made|worked|put|earned|grown|shown|given|built|achieved|accomplished|helped|inspired|raised|overcome|proven|outdone|nailed)\b)|i (?:\w+ )?knew you(?: could|'d| would| had)|you (?:look|looked|sound|seem|nailed|rock|did|deserve|really|truly|always|both|clearly|definitely)|your (?:\w+ ){1,5}(?:is|are|was|were|looks?|sounds?|shows?|really|must|will|means?|inspires?|g[ai]ves?|made|makes?|helps?|helped|keeps?|kept|motivates?|lifts?|lifted)|what an? |so (?:cool|cute|happy|proud|glad|sweet|nice|good|awesome|fun|true|great|pretty|beautiful|inspiring|exciting|excited for|adorable|amazing|much|many)\b|such an? |way to go|well done|good (?:for you|job|work|call|idea|luck|point|thinking|stuff|to know|one)|nice (?:work|job|one|going|try)|great (?:job|work|idea|stuff|news|point|to know|that|minds)|kudos|hats off|bravo|that's the (?:\w+est|best|most \w+) (?:\w+ )?(?:thing|news|story|idea)\b|i (?:really |truly |so )?(?:admire|envy) (?:you|your|that|how)\b|it (?:really )?shows\b|the (?:\w+ ){1,3}(?:looks?|reads?|works?|feels?|is) (?:so |much |so much |way )*(?:better|great|good|nice|cleaner|perfect|lovely|beautiful)[.! ]*$|(?:i )?love (?:it|that|this|your|how|hearing|seeing (?:you|your)|watching you)|(?:that|this|it) (?:gave|gives) me (?:chills|goosebumps)|(?:that|this|it|you) (?:\w+ )?made my (?:day|week)|loving (?:it|that|this)|way cool|lucky you|i(?:'m| am) (?:so |really |very |super |truly |dead |beyond |just )*(?:proud (?:of|as)|impressed|inspired by (?:you|your)|happy for|(?:glad|happy|pleased|thrilled|relieved) (?:for|you|that you|it|to (?:hear|see|help|know)|we|they|your|things)|excited for you|amazed by))",
        ),
        (
            "sympathy",
            r"(?:(?:i(?:'m| am) )?(?:so |really |very )*sorry(?: (?:to|about|for|you|that)|[.! ]*$)|i(?:'m| am| will be|'ll be) (?:holding|sending|thinking (?:of|about)|praying|lighting|keeping) (?:you|your|for|them|him|her|a candle|all)\b|(?:i (?:do not|don't|have) (?:have )?(?:no )?words|words fail|i can(?:not|'t) (?:even |really )?(?:picture|imagine|begin)|thinking of you|sending (?:you|love|hugs)|praying for)\b|(?:that|this|it) (?:just |really )?(?:warms?|warmed|melts?|melted|broke|breaks) my (?:\w+ )?heart|i(?:'m| am) (?:so |just )?(?:grinning|tickled|melting|smiling|beaming|screaming|laughing|cracking up|over the moon)|i(?:'ve| have) (?:got )?(?:tears|goosebumps|chills)|i(?:'m| am) (?:tearing up|crying|not crying|speechless|in awe|blown away)|my condolences|that (?:must|has to) |must(?:'ve| have| be| feel)|it must|i can (?:only |really |totally |almost |definitely )?(?:imagine|see|feel|tell|relate)|i (?:know|understand|get) (?:how|what|it|that|where|exactly|you)|hang in|don't (?:worry|give up|be)|no need)",
        ),
        (
            "encouragement",
            r"(?:every(?:one|body) \w+s (?:sometimes|now and then|at some point)|hard work (?:\w+ ){0,2}pays? off|that's how we (?:grow|learn)|we(?:'ve| have) got each other|don't you (?:dare|worry)|(?:whenever|any ?time|if) you (?:ever )?(?:need|want) (?:me|us|anything|an ear|a hand|help|support|to (?:talk|vent|chat))\b|you know where (?:i am|to find)|you(?:'ve|’ve| have)? (?:got|can|will|'ll|’ll|could do|should be proud)\b|you(?:'ll|’ll| will)\b|we(?:'ve|’ve)? got (?:this|each)|keep (?:it|up|going|on|pushing|doing|your|being|believing|shining|me|in|at|working|rocking|spreading|that|trying|growing|moving)|go for it|believe in|never give|stick (?:with|to)|remember (?:to|that|,)|just (?:remember|keep|take|be|know|let|do)|be (?:yourself|kind|proud|patient|strong)|let's\b|let us\b|rooting for|i(?:'m| am) (?:rooting|cheering|always|here|behind|with you|confident|sure|certain|positive|all ears)|i(?:'ll| will) (?:be (?:here|there|rooting|cheering)|always be)|i (?:believe|have faith|trust) |fingers crossed|all the best|best of luck|wish(?:ing)? you|i (?:hope(?! to (?!hear|see|meet|catch|talk|chat))|wish|bet|trust)\b|hope(?:fully)?\b|hoping (?:for|you|it)|i'm hoping|onwards?|push(?:ing)? (?:through|on|yourself)|trust (?:me|yourself|the))",
        ),
        (
            "praise",
            r"(?:(?:that|this|it)(?:'s| is| was| sounds?) (?:so |really |very |just |super |always |such )*(?:a )?(?:\w+ )?(?:to (?:hear|know|see)|of you)|way to)\b",
        ),
        (
            "agreement",
            r"(?:(?:i |you )?(?:totally |completely |absolutely |couldn't |definitely |really |100% )*agree\b|me too|same here|likewise|me neither|fair (?:enough|point)|that's (?:right|true|so true|the spirit|the way|it|ok|okay|fine|for sure)|that is true|it(?:'s|’s| is) true|true that|you(?:'re|’re| are) (?:\w+ )?right|(?:that |it |this )?(?:totally |really )?makes sense|(?:that's|this is|it's) (?:exactly|just|precisely) (?:what|how|the)|good question|(?:i(?:'m| am) not sure|i don't know)(?: yet)?[.! ]*$|i(?:'d| would)? call (?:that|it|this)\b|i (?:never would|would never|wouldn't) have thought|i (?:never knew|didn't know) that\b|i (?:know|think so|guess|see|hear you|feel you|understand|get it|second that|bet)\b[.! ]*$|sounds (?:good|great|like|amazing|awesome|fun|perfect|delicious|interesting|incredible|cool|lovely|nice|tough|intense|wonderful|fantastic|exciting|yummy|relaxing|peaceful|so|really|super|pretty|fair)|looks? (?:good|great|like (?:you|a lot|so|fun|such)|amazing|awesome|so|really|fun|delicious|cool|nice|yummy|tasty|lovely|beautiful|stunning|fantastic|incredible|super|pretty)|lgtm|works for me|deal\b|no doubt|without a doubt|who knows|guess what|fair)",
        ),
        (
            "promise",
            r"(?:(?:(?:merge|ship|push|send|deploy|do) (?:it|that|this|them)|go ahead)\b(?: \w+){0,2}(?: when(?:ever)? you(?:'re| are| feel)? .*)?[.! ]*$|.{3,80}\b(?:this|it|that) (?:takes|will take|may take|can take) (?:a|some) (?:moment|minute|while|second|time)|will do|we(?:'ll|’ll| will) (?:have to|see|definitely|check)|on it\b|i(?:'ll|’ll| will) (?:\w+ )?(?:report back|come back|keep (?:you|that|it|going|at)|let you|check (?:it|that|them|this|those)|definitely|try|look (?:into|it|forward)|do (?:that|it|my best|so)|make sure|be sure|take (?:it|that|your|a look|care)|send|update|get (?:back|on|right)|remember|give it|reach out|think about|have to|see\b|add (?:it|that|them)|fix (?:it|that))|let me (?:know|see|check|look|think|take|try|run|get|do)|(?:just )?(?:one|a) (?:moment|sec|second|minute)|give me a|hold on|\w+ing now[,.!]|(?:running|checking|looking|working|fixing|starting|reading|trying) (?:\w+ ){0,6}(?:now|again|moment|right away)|looking into|i(?:'m| am) on it|working on it|done\b[.! ]*$|(?:it|that) (?:worked|works|did it|helped|did the trick)\b)",
        ),
        (
            "anticipation",
            r"(?:i )?(?:really |just )?(?:can(?:'t|’t|not| not) wait|look(?:ing)? forward|i(?:'m| am)(?: so| really)? (?:looking forward|curious|intrigued|all ears|dying to)|i(?:'d|’d| would) (?:love|like|be (?:happy|glad)) to (?:hear|see|know|learn more|check|read|help|chat)|i (?:want|need) (?:to (?:hear|know|see)|pictures|pics|photos|details)\b|i(?:'m| am) (?:so |really |super |also )?excited to (?:see|hear|know|learn)|(?:tell|show|send|share|keep) (?:me|us)|do tell|keep me|excited to (?:see|hear)|interested (?:in|to) (?:hear|know|see))",
        ),
    )
)
FEELING = lexicon.listed("""appreciate believe feel feeling feels felt glad grateful guess happy hope hopeful imagine love loved loving lucky
    mean motivate motivated motivates motivating motivation proud remember support supporting supportive thankful thank
    thanks wish wonder inspire inspired inspires inspiring inspiration agree excited stoked pumped thrilled blessed care
    help helps helping encourage encouraging encouragement kind word words heart joy happiness journey goal goals dream
    dreams life love passion passionate positive positivity strong stronger strength progress step steps difference
    blast fun treat thrill important challenge challenges growth grow effort hard work worth friend friends family impact moment moments memories
    memory special luck look looks sound sounds everybody bet seriously vibe vibes friendship mindset balance
    community experience experiences change changes""")


@cache
def opinions() -> frozenset[str]:
    """Words that judge ("great", "awful"), from `data/opinions.txt`."""
    return frozenset((resources.files("app.extraction.data") / "opinions.txt").read_text("utf-8").split())
