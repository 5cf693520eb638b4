"""Rate limits of one process: a bucket per key that fills evenly (GCRA)."""

from app.ports.messaging import Taken
from app.ports.runtime import Clock

_SWEEP_EVERY = 10_000


class LocalLimiter:
    """Keeps one number a key: when its bucket will be full again. Full buckets are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._sweep_in = _SWEEP_EVERY

    async def take(self, key: str, *, limit: int, window: float) -> Taken:
        now = self._clock.now().timestamp()
        self._sweep(now)
        # A clock that went back, or a window that was made shorter, must not shut anyone out.
        kept = self._full_at[key] = min(max(self._full_at.get(key, now), now), now + window)
        full_at = kept + window / limit
        wait = full_at - now - window
        # A hair of tolerance: sums of window / limit are not exact.
        if wait > 1e-6:
            return Taken(wait=wait, left=0, full_in=kept - now)
        self._full_at[key] = full_at
        left = int((now + window - full_at) * limit / window + 1e-6)
        return Taken(wait=0.0, left=left, full_in=full_at - now)

    def _sweep(self, now: float) -> None:
        self._sweep_in -= 1
        if self._sweep_in > 0:
            return
        self._sweep_in = max(_SWEEP_EVERY, len(self._full_at))
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
