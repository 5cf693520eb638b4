"""`an_hour_off.py SECONDS serve|worker ...`: the same program on a machine whose clock is so many seconds off.

`time.time` stays as it is: gRPC takes its deadlines from there and holds them against the clock of its own C library,
which would be as far off on such a machine.
"""

import sys
from datetime import datetime, timedelta, tzinfo
from typing import Self

from app.adapters import followed_clock, runtime
from app.commands.line import main

OFF = float(sys.argv.pop(1))


class Shifted(datetime):
    """What this machine takes for the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(seconds=OFF)


if __name__ == "__main__":
    followed_clock.datetime = runtime.datetime = Shifted  # type: ignore[attr-defined]  # the app reads clocks nowhere else
    main()
