"""The domain's enumerations as the schema shows them, each value described.

Other modules of the schema take them from here, so that none is shown before it is described.
"""

from enum import EnumMeta, StrEnum
from typing import TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from app.domain.account import Role
from app.domain.decisions import DecisionState, Outcome
from app.domain.graph import EdgeKind, EntityType
from app.domain.keys import Dialect
from app.domain.memory import Kind, Label, Layer, LinkType, Status
from app.domain.people import SourceKind
from app.domain.principal import Permission, Scope
from app.domain.profile import BioForm, BioStyle, ProfileField
from app.domain.query import Life, MemoryOrder
from app.domain.routing import RouteKind
from app.domain.webhook import DeliveryState as WebhookDeliveryState
from app.domain.work import EventKind, JobState
from app.services.inputs import Erasure, Grouping, Mode, PromptFormat, Repeats, SearchMode
from app.services.results import Storing
from app.services.understand import InsightKind

__all__ = [
    "BioForm",
    "BioStyle",
    "DecisionState",
    "Dialect",
    "Direction",
    "EdgeKind",
    "EntityType",
    "Erasure",
    "GraphChangeKind",
    "Grouping",
    "InsightKind",
    "JobState",
    "Kind",
    "Label",
    "Layer",
    "Life",
    "LinkType",
    "MemoryEventKind",
    "MemoryOrder",
    "Mode",
    "Outcome",
    "Permission",
    "ProfileField",
    "PromptFormat",
    "Repeats",
    "Role",
    "RouteKind",
    "Scope",
    "SearchMode",
    "SourceKind",
    "Status",
    "Storing",
    "WebhookDeliveryState",
]

E = TypeVar("E", bound=EnumMeta)


class Direction(StrEnum):
    ASC = "asc"
    DESC = "desc"


class MemoryEventKind(StrEnum):
    CREATED = EventKind.MEMORY_CREATED
    UPDATED = EventKind.MEMORY_UPDATED
    FORGOTTEN = EventKind.MEMORY_FORGOTTEN
    RESTORED = EventKind.MEMORY_RESTORED
    ERASED = EventKind.MEMORY_ERASED
    LINKED = EventKind.MEMORY_LINKED
    RATED = EventKind.MEMORY_RATED


class GraphChangeKind(StrEnum):
    ENTITY_CREATED = EventKind.ENTITY_CREATED
    ENTITY_UPDATED = EventKind.ENTITY_UPDATED
    ENTITY_REMOVED = EventKind.ENTITY_REMOVED
    RELATION_CREATED = EventKind.RELATION_CREATED
    RELATION_UPDATED = EventKind.RELATION_UPDATED
    MEMORY_LINKED = EventKind.MEMORY_LINKED


def show(enum: E, name: str, description: str, **values: str) -> E:
    """Makes a domain enumeration an enum of the schema; every member needs its description."""
    shown = strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = shown.__strawberry_definition__  # type: ignore[attr-defined] # set by strawberry
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise ValueError(f"{name} has no values {sorted(values)}")
    return shown


show(
    Kind,
    "MemoryKind",
    "How a memory holds.",
    SEMANTIC="It holds until it is revoked.",
    EPISODIC="It happened, or will happen, at some time.",
)
show(
    InsightKind,
    "InsightKind",
    "In what way something stands out.",
    THEME="Many memories are about it.",
    GROWING="Most memories about it came in the last 30 days.",
    PATTERN="It recurs: named together, or on the same day of the week.",
    STALE="It was true until a time that is past, or is important and has not been touched for 90 days.",
    CONFLICTING="Memories contradict each other.",
)
show(
    Label,
    "MemoryLabel",
    "What memories are told apart by.",
    CATEGORY="What they are about; a memory may have several.",
    KIND="How they hold.",
    TAG="The caller's own labels.",
    TYPE="What sort of statement they are.",
)
show(
    Layer,
    "MemoryLayer",
    "How long a memory is meant to stay.",
    RAW="It is kept.",
    TASK="Working memory, which may expire.",
)
show(
    Status,
    "MemoryStatus",
    "How far extraction has come. The text is findable in every state.",
    PENDING="Extraction waits for its turn.",
    PROCESSING="Extraction is at work.",
    COMPLETED="Nothing is left to extract.",
    FAILED="Extraction gave up; its job tells why and can be replayed.",
)
show(
    DecisionState,
    "DecisionState",
    "Whether somebody has to choose.",
    OPEN="Nothing was chosen yet.",
    SETTLED="Something was chosen; it may be chosen anew.",
)
show(
    RouteKind,
    "RouteKind",
    "What kind of answer a question wants.",
    KEYPATH="What stands at a keypath.",
    ENTITY="What is known of somebody or something.",
    TIME="When something was, or what was at some time.",
    DECISION="What was chosen, or what does not hold together.",
    COUNT="How many memories there are.",
    PROFILE="What is known of a user.",
    HYBRID="Nothing in particular: a search by words, meaning and links.",
)
show(
    Outcome,
    "Outcome",
    "Which of two memories still hold. What no longer does stays in the record, with its validTo.",
    KEEP_NEWER="The newer one supersedes the older.",
    KEEP_OLDER="The older one holds; the newer was wrong.",
    KEEP_BOTH="Both hold; they do not contradict each other.",
    REJECT_BOTH="Neither holds.",
)
show(
    LinkType,
    "LinkType",
    "What the source of a link is to its target.",
    SIMILAR="The source says something close to the target.",
    DERIVED_FROM="The source was made from the target.",
    CONTINUATION="The source goes on where the target ends.",
    CONTRADICTION="The source contradicts the target.",
    SUMMARY_OF="The source sums up the target.",
    DETAIL_OF="The source is a detail of the target.",
    CAUSED_BY="The source was caused by the target.",
    REFERENCES="The source names the target.",
    SUPPORTS="The source supports the target.",
    EXTENDS="The source adds to the target.",
    SUPERSEDES="The source takes the place of the target.",
)
show(
    EntityType,
    "EntityType",
    "What an entity is.",
    PERSON="A human being.",
    ORGANIZATION="A company, an institution, a team.",
    PLACE="A place on the map.",
    TECHNOLOGY="A language, a library, a protocol.",
    PRODUCT="Something that is made and used.",
    EVENT="Something that takes place.",
    CONCEPT="An idea or a topic.",
    THING="Anything else with a name.",
)
show(
    EdgeKind,
    "EdgeKind",
    "Which kind of edge of the graph.",
    MENTIONS="A memory mentions an entity.",
    RELATES="An entity relates to another.",
    LINKS="A memory is linked to another.",
    ABOUT="A memory is about a user.",
)
show(
    SourceKind,
    "SourceKind",
    "What memories came from.",
    MESSAGE="A message of a conversation.",
    DOCUMENT="A document.",
    PAGE="A page of the web.",
    IMPORT="A file that was imported.",
    MANUAL="Somebody typed it.",
)
show(
    Life,
    "MemoryLife",
    "Which memories are meant.",
    LIVE="Those that are neither forgotten nor expired.",
    FORGOTTEN="Those that are forgotten and can be restored.",
    ANY="All of them, expired ones included.",
)
show(
    MemoryOrder,
    "MemoryOrderField",
    "What memories are sorted by; ties by id.",
    CREATED_AT="When the memory was stored.",
    UPDATED_AT="When the memory was last changed.",
    OCCURRED_AT="When it happened; when it was stored, where that is not known.",
    IMPORTANCE="How important it is, 0 to 1.",
)
show(Direction, "OrderDirection", "Which end of a sorted list comes first.", ASC="The smallest.", DESC="The greatest.")
show(
    Mode,
    "RememberMode",
    "What becomes of a text.",
    EXTRACT="Entities are linked, and facts found in the text are written beside it as memories of their own.",
    VERBATIM="Entities are linked; nothing else is written.",
)
show(
    SearchMode,
    "SearchMode",
    "Which signals rank a search.",
    HYBRID="Words, meaning and graph together.",
    SEMANTIC="Meaning alone.",
    KEYWORD="Words alone.",
)
show(
    PromptFormat,
    "PromptFormat",
    "How a prompt is written.",
    TEXT="Plain text.",
    MARKDOWN="Markdown with headings and lists.",
    MESSAGES="Chat messages with roles.",
)
show(
    Grouping,
    "PromptGrouping",
    "How the memories of a prompt are put under headings.",
    NONE="No headings, best first.",
    TYPE="By the memories' type.",
    SESSION="By session, each in its order.",
    ENTITY="By the entity they are most about.",
    DAY="By the day on which they happened.",
)
show(
    Dialect,
    "Dialect",
    "The services whose clients may talk to us as they are.",
    MEMORYSYNC="MemorySync.",
    MEMSYNC="MemSync.",
    MEMSOLUS="Memsolus.",
    MEMSTATE="Memstate.",
    BUILDD="Buildd Memory.",
)
show(
    BioForm,
    "BioForm",
    "How a bio is laid out.",
    FULL="All that is known, up to 200 words.",
    SHORT="The first sentences, up to 50 words.",
    BULLETS="A line each.",
    PROFESSIONAL="Work, learning, languages, skills and goals.",
)
show(
    BioStyle,
    "BioStyle",
    "How a bio puts its lists.",
    NARRATIVE="As sentences.",
    FACTUAL="Under headings.",
    CASUAL="As friends would.",
    FORMAL="With distance.",
)
show(
    Repeats,
    "Repeats",
    "What becomes of a text that is there already.",
    JOIN="The memory that is there is the answer, unless the new one has a session or a time of its own.",
    KEEP="It is stored once more.",
    REFUSE="Refused with conflict where the project has the very same text, whoever that is about.",
    MERGE="The memory that is there is the answer, in any case.",
)
show(
    Erasure,
    "Erasure",
    "How thoroughly to forget.",
    FORGET="Hidden everywhere at once; can be restored.",
    ERASE="Text, versions, vectors and traces are removed for good. Needs the permission memory:erase (scope admin).",
)
show(
    Storing,
    "KeypathChange",
    "What storing at a keypath came to.",
    CREATED="Nothing had stood there: a new memory.",
    SUPERSEDED="The memory that lived there has a new version.",
    REVIVED="What had been forgotten there lives again, in a new version.",
)
show(
    JobState,
    "JobState",
    "Where a job stands.",
    PENDING="It waits, for its turn or for its next attempt.",
    PROCESSING="It is at work.",
    COMPLETED="It is done and its result is findable.",
    FAILED="It gave up; replayJob starts it again.",
)
show(
    WebhookDeliveryState,
    "WebhookDeliveryState",
    "Whether what was sent to a webhook has arrived.",
    PENDING="It waits, for its turn or for its next attempt.",
    SUCCESS="It was answered with 2xx.",
    FAILED="It gave up.",
)
show(
    Scope,
    "ApiKeyScope",
    "What a key was made for. Each contains the one before.",
    READ="Read and search.",
    WRITE="Also store, change and forget.",
    ADMIN="Also erase, and manage projects, keys, members and jobs.",
)
show(
    Permission,
    "Permission",
    "What a use case asks of its caller.",
    MEMORY_READ="Read memories and the graph.",
    MEMORY_WRITE="Store, change, link, forget and restore memories.",
    MEMORY_ERASE="Erase memories for good.",
    PROJECT_WRITE="Create projects.",
    KEY_READ="List API keys.",
    KEY_WRITE="Create and revoke API keys.",
    MEMBER_READ="List members.",
    JOB_CONTROL="Replay failed jobs.",
    WEBHOOK_READ="List webhooks and what was sent to them.",
    WEBHOOK_WRITE="Create, change, try and remove webhooks.",
)
show(
    Role,
    "MemberRole",
    "What a member is in the organization.",
    OWNER="May do everything.",
    ADMIN="May do everything but change the owner.",
    DEVELOPER="Works with memories, projects and keys.",
    ANALYST="Reads memories and figures.",
    BILLING="Sees plan and invoices.",
    VIEWER="Reads memories.",
)
show(
    MemoryEventKind,
    "MemoryEventKind",
    "What happened to a memory.",
    CREATED="It was stored.",
    UPDATED="It was changed, by somebody or by extraction.",
    FORGOTTEN="It was forgotten; it can be restored.",
    RESTORED="It was brought back.",
    ERASED="It was removed for good; only its id is left to tell.",
    LINKED="It was linked to another memory, or a link was removed.",
    RATED="Feedback was given on it.",
)
show(
    ProfileField,
    "ProfileField",
    "What a fact about a person is about, in the order in which people are introduced.",
    NAME="What they are called.",
    AGE="How many years old, in digits, as it was said.",
    BIRTHDAY="When they were born, or have their birthday.",
    HOME="Where they live.",
    ORIGIN="Where they come from.",
    WORK="What they do.",
    EMPLOYER="Whom they work for.",
    EDUCATION="What or where they studied.",
    FAMILY="Relatives, and whether they are with somebody.",
    PETS="Animals that live with them.",
    LANGUAGES="Languages that they speak or learn.",
    SKILLS="What they can do.",
    LIKES="What they like, and do for pleasure.",
    DISLIKES="What they do not like.",
    DIET="What they eat, and what not.",
    HEALTH="Allergies, illnesses, conditions.",
    GOALS="What they want to reach.",
    PLANS="What they are going to do.",
)
show(
    GraphChangeKind,
    "GraphChangeKind",
    "What happened to the graph.",
    ENTITY_CREATED="An entity came up.",
    ENTITY_UPDATED="An entity changed.",
    ENTITY_REMOVED="An entity went with the last memory that spoke of it.",
    RELATION_CREATED="Two entities were related.",
    RELATION_UPDATED="A relation changed.",
    MEMORY_LINKED="Two memories were linked, or a link was removed.",
)
