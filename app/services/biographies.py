"""Biographies: a person in a few words, in the form that is asked for, or as somebody wrote it by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import errors
from app.domain.ids import MemoryId, UserId
from app.domain.people import User
from app.domain.principal import Permission, Principal, require
from app.domain.profile import BioForm, BioStyle
from app.domain.text import clean
from app.extraction.biography import bio_of, worded
from app.ports.messaging import Limiter
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.cast import Cast
from app.services.profiles import Profiles
from app.services.references import project_of

MAX_BIO = 5_000
_REST = 600.0
_BY_HAND = "bio"
"""Under this name it stands in the user's metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Biography:
    """`written_at` is set where somebody wrote it by hand: form and style are then those that were noted with it."""

    text: str
    form: BioForm
    style: BioStyle
    confidence: float
    sources: Sequence[MemoryId]
    written_at: datetime | None


class Biographies:
    def __init__(self, *, store: Store, profiles: Profiles, limiter: Limiter, clock: Clock, ids: IdFactory) -> None:
        self._store, self._profiles, self._limiter = store, profiles, limiter
        self._clock, self._ids = clock, ids

    async def read(
        self,
        principal: Principal,
        *,
        user: UserId,
        form: BioForm = BioForm.FULL,
        style: BioStyle = BioStyle.NARRATIVE,
        called: str | None = None,
    ) -> Biography:
        """What was written by hand, else what the profile says. Raises NotFound where there is no such user in sight."""
        require(principal, Permission.MEMORY_READ)
        person = await self._person(principal, user)
        if kept := _by_hand(person):
            return kept
        return await self._drawn(principal, person, form=form, style=style, called=called)

    async def drawn(
        self,
        principal: Principal,
        *,
        user: UserId,
        form: BioForm,
        style: BioStyle,
        called: str | None = None,
        without: Collection[MemoryId] = (),
    ) -> Biography:
        """What the profile says, whatever was written by hand; not what is known `without` memories alone."""
        require(principal, Permission.MEMORY_READ)
        person = await self._person(principal, user)
        return await self._drawn(principal, person, form=form, style=style, called=called, without=without)

    async def refresh(self, principal: Principal, *, user: UserId) -> None:
        """Asks for a bio made anew. Raises RateLimited more often than every ten minutes and user."""
        require(principal, Permission.MEMORY_READ)
        taken = await self._limiter.take(f"bio:{user}", limit=1, window=_REST)
        if taken.wait > 0:
            raise errors.RateLimited(taken.wait)

    async def write(
        self,
        principal: Principal,
        *,
        user: str,
        text: str | None,
        project: str | None = None,
        form: BioForm = BioForm.FULL,
        style: BioStyle = BioStyle.NARRATIVE,
    ) -> User:
        """Keeps a text as the bio of a user, by the caller's own id or ours; None goes back to the profile's."""
        require(principal, Permission.MEMORY_WRITE)
        kept = None if text is None else clean("text", text, limit=MAX_BIO)
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            home = await project_of(uow, principal, project)
            id_ = await Cast(uow, principal, self._ids, now).user(home.id, user)
            person = (await uow.users.get_many([id_]))[0] if id_ else None
            if person is None:
                raise errors.NotFound("there is no such user")
            metadata = {name: value for name, value in person.metadata.items() if name != _BY_HAND}
            if kept is not None:
                metadata[_BY_HAND] = {
                    "text": kept,
                    "form": form.value,
                    "style": style.value,
                    "written_at": now.isoformat(),
                }
            changed = replace(person, metadata=metadata)
            await uow.users.put(changed)
        return changed

    async def _person(self, principal: Principal, user: UserId) -> User:
        async with self._store.read(principal) as reader:
            person = (await reader.users.get_many([user]))[0]
        if person is None:
            raise errors.NotFound("there is no such user")
        return person

    async def _drawn(
        self,
        principal: Principal,
        person: User,
        *,
        form: BioForm,
        style: BioStyle,
        called: str | None,
        without: Collection[MemoryId] = (),
    ) -> Biography:
        profile = await self._profiles.profile(principal, user=person.id)
        bio = bio_of(profile, called=called or person.name or person.external_id)
        told = tuple(sentence for sentence in bio.sentences if not set(sentence.sources) <= set(without))
        bio = replace(bio, sentences=told)
        sources = dict.fromkeys(source for sentence in bio.sentences for source in sentence.sources)
        return Biography(
            text=worded(bio, form, style),
            form=form,
            style=style,
            confidence=bio.confidence,
            sources=tuple(sources),
            written_at=None,
        )


def _by_hand(person: User) -> Biography | None:
    """What callers themselves may have put under the name is none of ours."""
    match person.metadata.get(_BY_HAND):
        case {"text": str(text), "form": str(form), "style": str(style), "written_at": str(at)}:
            return Biography(
                text=text,
                form=BioForm(form),
                style=BioStyle(style),
                confidence=1.0,
                sources=(),
                written_at=datetime.fromisoformat(at),
            )
        case _:
            return None
