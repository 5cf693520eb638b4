"""Routing: a question gets the kind of answer that it wants, and hears which, why and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from app.domain import errors
from app.domain.account import Project
from app.domain.decisions import Decision, DecisionState
from app.domain.graph import Entity
from app.domain.ids import UserId
from app.domain.keypath import Place, keypath_of
from app.domain.memory import Memory
from app.domain.people import User
from app.domain.principal import Permission, Principal, require
from app.domain.profile import ProfileFact
from app.domain.query import TimeRange
from app.domain.routing import Guess, RouteKind
from app.domain.text import clean, folded
from app.ports.runtime import Clock
from app.ports.store import Reader, Store
from app.retrieval.terms import possible_names
from app.services.addresses import is_living
from app.services.deciding import Deciding
from app.services.explore import Explore
from app.services.inputs import AskedRoute, Question, Slice, Where
from app.services.profiles import Profiles
from app.services.recall import MAX_QUERY, Recall
from app.services.references import find_users, project_of
from app.services.results import Found, Routed
from app.understanding.asking import fields_of
from app.understanding.routing import Known, Span, counted_type, guesses, is_at_odds, paths_in, span_of

MOST_DECISIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question with all that it names; `user` is whom it is asked about, `person` a user whom it names."""

    query: str
    size: int
    project: Project
    user: User | None
    person: User | None
    entities: Sequence[Entity]
    memory: Memory | None
    span: Span | None

    @property
    def where(self) -> Where:
        return Where(project=self.project.id, users=(self.user.id,) if self.user else ())

    @property
    def period(self) -> TimeRange:
        if self.span is None:
            return TimeRange()
        first, last = (datetime.combine(day, time(), tzinfo=UTC) for day in (self.span.first, self.span.last))
        return TimeRange(after=first, before=last + timedelta(days=1) if last.year < 9999 else None)

    def within(self, kind: RouteKind) -> Where:
        """What is searched first for an answer of this kind."""
        match kind:
            case RouteKind.KEYPATH if self.memory:
                return replace(self.where, keypath=self.memory.keypath)
            case RouteKind.ENTITY:
                return replace(self.where, entities=(self.entities[0].id,))
            case RouteKind.TIME:
                return replace(self.where, occurred=self.period)
        return self.where


class Routing:
    def __init__(
        self,
        *,
        store: Store,
        recall: Recall,
        explore: Explore,
        deciding: Deciding,
        profiles: Profiles,
        clock: Clock,
    ) -> None:
        self._store, self._recall, self._explore = store, recall, explore
        self._deciding, self._profiles, self._clock = deciding, profiles, clock

    async def route(self, principal: Principal, *, asked: AskedRoute) -> Routed:
        """Raises Invalid for a question that cannot be searched for. There are always hits where a search has any."""
        require(principal, Permission.MEMORY_READ)
        query = clean("query", asked.query, limit=MAX_QUERY)
        one = await self._named(principal, query, asked)
        known = Known(
            keypath=one.memory.keypath if one.memory else None,
            entities=[name for entity in one.entities for name in (entity.name, *entity.aliases)],
            users=[name for name in (one.person.name, one.person.external_id) if name] if one.person else (),
            is_personal=one.user is not None,
        )
        best, *others = guesses(query, known, self._clock.now().date())
        answer = await self._answer(principal, one, best)
        return replace(answer, others=tuple(others))

    async def _answer(self, principal: Principal, one: _Asked, best: Guess) -> Routed:
        match best.kind:
            case RouteKind.DECISION:
                return await self._decided(principal, one, best)
            case RouteKind.COUNT:
                return await self._counted(principal, one, best)
            case RouteKind.PROFILE:
                return await self._told(principal, one, best)
            case kind:
                found = await self._hits(principal, one, one.within(kind))
        answer = Routed(best=best, found=found)
        match kind:
            case RouteKind.KEYPATH:
                answer = replace(answer, memory=one.memory)
            case RouteKind.ENTITY:
                answer = replace(answer, entity=one.entities[0])
            case RouteKind.TIME:
                answer = replace(answer, period=one.period)
        return answer

    async def _decided(self, principal: Principal, one: _Asked, best: Guess) -> Routed:
        """The newest decision about what was found; where it is asked what is at odds, the newest open one will do."""
        at_odds = is_at_odds(one.query)
        within = one.where if at_odds else replace(one.where, types=("decision",))
        found = await self._hits(principal, one, within)
        listed = await self._deciding.decisions(
            principal,
            project=one.project.id,
            user=one.user.id if one.user else None,
            state=DecisionState.OPEN if at_odds else None,
            page=Slice(first=MOST_DECISIONS),
        )
        seen = {item.node.memory.id for item in found.hits.items}
        decisions: list[Decision] = [item.node for item in listed.items]
        about = [decision for decision in decisions if {decision.newer, decision.older} & seen]
        return Routed(best=best, found=found, decision=next(iter(about or (decisions if at_odds else [])), None))

    async def _counted(self, principal: Principal, one: _Asked, best: Guess) -> Routed:
        """How many memories mention all that it names, of the type and from the period that it names."""
        type_ = counted_type(one.query)
        entity = one.entities[0] if one.entities else None
        within = replace(
            one.where,
            types=(type_,) if type_ else (),
            entities=(entity.id,) if entity else (),
            occurred=one.period,
        )
        count = await self._explore.count_memories(principal, where=within)
        found = await self._hits(principal, one, within)
        return Routed(best=best, found=found, count=count, entity=entity, period=one.period)

    async def _told(self, principal: Principal, one: _Asked, best: Guess) -> Routed:
        person = one.person or one.user
        if person is None:
            raise AssertionError("a profile is of somebody")
        profile = await self._profiles.profile(principal, user=person.id)
        fields = fields_of(one.query)
        facts: tuple[ProfileFact, ...] = tuple(fact for fact in profile.current if not fields or fact.field in fields)
        within = replace(one.where, users=(person.id,))
        return Routed(best=best, found=await self._hits(principal, one, within), facts=facts[: one.size])

    async def _hits(self, principal: Principal, one: _Asked, within: Where) -> Found:
        """What is found within; where that is nothing, what is found at all."""
        question = Question(query=one.query, where=within, slice=Slice(first=one.size))
        found = await self._recall.search(principal, question=question)
        if found.hits.items or within == one.where:
            return found
        return await self._recall.search(principal, question=replace(question, where=one.where))

    async def _named(self, principal: Principal, query: str, asked: AskedRoute) -> _Asked:
        names = possible_names(query)
        async with self._store.read(principal) as reader:
            project = await project_of(reader, principal, asked.project)
            user = await _user(reader, principal, project, asked.user)
            about = [user.id] if user else []
            entities = await reader.entities.called(project=project.id, names=names, users=about) if names else []
            refs = list(dict.fromkeys([*names, *(name.lower() for name in names)]))
            people = [one for one in await reader.users.by_external(project.id, refs) if one] if refs else []
            memory = await self._at(reader, project, user, query)
        return _Asked(
            query=query,
            size=asked.first,
            project=project,
            user=user,
            person=people[0] if people else None,
            entities=_as_named(entities, query),
            memory=memory,
            span=span_of(query, self._clock.now().date()),
        )

    async def _at(self, reader: Reader, project: Project, user: User | None, query: str) -> Memory | None:
        """What lives at the first keypath that the question names."""
        owners: list[UserId | None] = [user.id, None] if user else [None]
        places = [Place(project=project.id, user=owner, keypath=path) for path in _paths(query) for owner in owners]
        found = await reader.keypaths.at(places) if places else []
        now = self._clock.now()
        return next((memory for memory in found if memory is not None and is_living(memory, now)), None)


async def _user(reader: Reader, principal: Principal, project: Project, ref: str | None) -> User | None:
    """Raises Invalid for a user who is not known."""
    if ref is None:
        return (await reader.users.get_many([principal.end_user]))[0] if principal.end_user else None
    user = (await find_users(reader, project.id, [ref]))[0]
    if user is None:
        raise errors.invalid("user", f"there is no user {ref!r}", "unknown")
    return user


def _paths(query: str) -> list[str]:
    paths = []
    for text in paths_in(query):
        try:
            paths.append(keypath_of(text))
        except errors.Invalid:
            continue
    return paths


def _as_named(entities: Sequence[Entity], query: str) -> list[Entity]:
    """The longest names first, and of those what comes first in the question."""
    asked = folded(query)

    def place(entity: Entity) -> tuple[int, int]:
        spelt = [name for name in map(folded, (entity.name, *entity.aliases)) if name in asked]
        longest = max(spelt, key=len, default="")
        return -len(longest), asked.find(longest)

    return sorted(entities, key=place)
