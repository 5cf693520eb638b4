"""The signals that are read off a scene: each takes what was asked and gives one value of 0..1 a row."""

import math
import re
from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np

from app.retrieval.dates import AskedDate
from app.retrieval.scene import Scene, Values
from app.retrieval.traits import plain

WINDOW = (0.5, 0.3, 0.2, 0.1)
K1, B = 0.8, 0.3
_HEARD_ELSEWHERE = np.float32(0.1)
_NAME = re.compile(r"\w+", re.UNICODE)


def words(scene: Scene, stems: Sequence[str], *, window: Sequence[float], found: Values) -> Values:
    """BM25 as a part of what the question could reach, a neighbour's words counting in part.

    `found` is what the index said, relative to its best: it decides where a hit shares no stem with the question
    (other alphabets, say).
    """
    count = len(scene)
    lengths = scene.spread(np.array([traits.length for traits in scene.traits], dtype=np.float32), window)
    mean = float(lengths.sum() / (count or 1)) or 1.0
    damping = np.float32(K1) * (1 - B + B * lengths / np.float32(mean))
    total, reach = np.zeros(count, dtype=np.float32), 0.0
    for own in _counts(scene, list(dict.fromkeys(stems))):
        holding = int(np.count_nonzero(own))
        rarity = math.log(1 + (count - holding + 0.5) / (holding + 0.5))
        reach += rarity * (K1 + 1)
        if holding:
            frequency = scene.spread(own, window)
            total += np.float32(rarity * (K1 + 1)) * frequency / (frequency + damping)
    values: Values = np.maximum(total / np.float32(reach or 1), _HEARD_ELSEWHERE * found)
    return values


def _counts(scene: Scene, stems: Sequence[str]) -> Values:
    """A row for each stem: how often each memory has it."""
    counts = np.zeros((len(stems), len(scene)), dtype=np.float32)
    places = {stem: place for place, stem in enumerate(stems)}
    for row, traits in enumerate(scene.traits):
        for stem in places.keys() & traits.stems.keys():
            counts[places[stem], row] = traits.stems[stem]
    return counts


def who(scene: Scene, names: Collection[str]) -> Values:
    """1 where the one who said it is named."""
    if not names:
        return np.zeros(len(scene), dtype=np.float32)
    actors = [
        scene.glimpses[origin].actor or glimpse.actor
        for glimpse, origin in zip(scene.glimpses, scene.origins, strict=True)
    ]
    known = {actor: float(called(actor, names)) for actor in set(actors) if actor}
    return np.array([known.get(actor, 0.0) if actor else 0.0 for actor in actors], dtype=np.float32)


def called(actor: str, names: Collection[str]) -> bool:
    """Whether one of these plain names is the actor's, or the first part of it."""
    parts = _NAME.findall(plain(actor))
    return bool(parts) and (" ".join(parts) in names or parts[0] in names)


def date(scene: Scene, asked: AskedDate | None) -> Values:
    """How near it was said to the date that is asked for, or a fact's own time is."""
    values = np.zeros(len(scene), dtype=np.float32)
    if asked is None:
        return values
    for row, glimpse in enumerate(scene.glimpses):
        times = {glimpse.occurred_at, scene.glimpses[scene.origins[row]].occurred_at}
        values[row] = max((asked.nearness(time.date()) for time in times if time), default=0.0)
    return values


def session(scene: Scene, cosines: Values) -> Values:
    """The best cosine in the memory's session."""
    return scene.best_of_session(cosines)


def answer(scene: Scene, cosines: Values) -> Values:
    """The cosine of the turn before where that asks something: its answer is here."""
    asks = np.array([traits.asks for traits in scene.traits], dtype=np.float32)
    return scene.previous(cosines * asks)


def previous(scene: Scene, cosines: Values) -> Values:
    """The cosine of the turn before: a neighbour of the answer is seldom the answer."""
    return scene.previous(cosines)


def substance(scene: Scene) -> Values:
    """How much it states, in a conversation; what stands outside of one is taken for average, for it is no greeting."""
    values = np.array([traits.substance for traits in scene.traits], dtype=np.float32)
    outside = scene.sessions < 0
    values[outside] = 0 if outside.all() else values[~outside].mean()
    return values


def when(scene: Scene) -> Values:
    """How many times it names, for who asks for one."""
    return np.array([traits.times for traits in scene.traits], dtype=np.float32)


def outdated(scene: Scene, at: datetime | None) -> Values:
    """1 where it had ceased to be true by then."""
    over = [at is not None and glimpse.valid_to is not None and glimpse.valid_to <= at for glimpse in scene.glimpses]
    return np.array(over, dtype=np.float32)


def esteem(scene: Scene) -> Values | None:
    """How feedback thinks of it: 0.5 where there is none, each further piece moving it less; a fact has its source's.

    None where nobody gave any.
    """
    given = np.array([glimpse.feedback for glimpse in scene.glimpses], dtype=np.float32)
    if not given.any():
        return None
    given = np.where(given == 0, given[scene.origins], given)
    values: Values = (1 + given / (1 + np.abs(given))) / 2
    return values
