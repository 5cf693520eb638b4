"""What reads documents; also for commands that need no store."""

from app.adapters.papers import Desk
from app.ports.papers import Papers


def papers() -> Papers:
    return Desk()
