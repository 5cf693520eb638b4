"""How much of each dialect is served and told: routes of its table, stories, pairs of request and response.

python -m tests.dialects.counts
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from app.rest.dialects import SPEECHES
from tests.dialects.stories import stories


def rows() -> Iterator[str]:
    """A table in Markdown."""
    yield "| dialect | routes | stories | pairs |"
    yield "|---|---|---|---|"
    for dialect, speech in sorted(SPEECHES.items()):
        told = list(stories(Path(__file__).parent / dialect))
        pairs = sum("ask" in step for story in told for step in story.steps)
        yield f"| {speech.title} | {len(speech.routes)} | {len(told)} | {pairs} |"


if __name__ == "__main__":
    sys.stdout.write("".join(f"{row}\n" for row in rows()))
