"""How much of each dialect is served and told: routes of its table, stories, pairs of request and response.

python -m tests.dialects.counts
"""

from pathlib import Path

from app.rest.dialects import SPEECHES
from tests.dialects.stories import stories


def main() -> None:
    print("| dialect | routes | stories | pairs |\n|---|---|---|---|")
    for dialect, speech in sorted(SPEECHES.items()):
        told = list(stories(Path(__file__).parent / dialect))
        pairs = sum("ask" in step for story in told for step in story.steps)
        print(f"| {speech.title} | {len(speech.routes)} | {len(told)} | {pairs} |")


if __name__ == "__main__":
    main()
