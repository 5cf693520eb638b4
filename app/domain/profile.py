"""What is known of a person, field by field, and in a few sentences."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import MemoryId, UserId


class ProfileField(StrEnum):
    """In the order in which people are introduced."""

    NAME = "name"
    AGE = "age"
    BIRTHDAY = "birthday"
    HOME = "home"
    ORIGIN = "origin"
    WORK = "work"
    EMPLOYER = "employer"
    EDUCATION = "education"
    FAMILY = "family"
    PETS = "pets"
    LANGUAGES = "languages"
    SKILLS = "skills"
    LIKES = "likes"
    DISLIKES = "dislikes"
    DIET = "diet"
    HEALTH = "health"
    GOALS = "goals"
    PLANS = "plans"


SINGLE = frozenset(
    {
        ProfileField.NAME,
        ProfileField.AGE,
        ProfileField.BIRTHDAY,
        ProfileField.HOME,
        ProfileField.ORIGIN,
        ProfileField.WORK,
        ProfileField.EMPLOYER,
    }
)
"""Fields that hold one value at a time: what is said later takes the place of what was said before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFact:
    """One value of a field. `until` is set where it is a former one; confidence is 0..1; sources, the newest first."""

    field: ProfileField
    value: str
    since: datetime
    until: datetime | None
    confidence: float
    sources: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`current` and `former` facts, by field and then the best known first. `read` memories were read, of `total`."""

    user: UserId
    current: tuple[ProfileFact, ...]
    former: tuple[ProfileFact, ...]
    read: int
    total: int
    updated_at: datetime | None


class BioForm(StrEnum):
    """FULL is all of it, SHORT at most 50 words, BULLETS a line each, PROFESSIONAL work, learning and skills alone."""

    FULL = "FULL"
    SHORT = "SHORT"
    BULLETS = "BULLETS"
    PROFESSIONAL = "PROFESSIONAL"


class BioStyle(StrEnum):
    """How lists are put: as sentences, as headings, easily, or with distance."""

    NARRATIVE = "NARRATIVE"
    FACTUAL = "FACTUAL"
    CASUAL = "CASUAL"
    FORMAL = "FORMAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class BioSentence:
    text: str
    sources: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bio:
    """A paragraph about a person; empty where nothing is known. Confidence is the mean of the facts' in it."""

    sentences: tuple[BioSentence, ...]
    confidence: float

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)
