"""Each pair of request and response of every dialect, as written in the folders beside this file."""

from pathlib import Path

import httpx
import pytest

from tests.dialects.house import House
from tests.dialects.stories import Story, Telling, stories

_FOLDERS = [path for path in sorted(Path(__file__).parent.iterdir()) if (path / "core.yaml").exists()]
_STORIES = [story for folder in _FOLDERS for story in stories(folder)]


@pytest.mark.parametrize("story", _STORIES, ids=lambda story: story.name)
def test_a_story(house: House, story: Story) -> None:
    """Each comes from an address of its own, since some limits count by address."""
    number = _STORIES.index(story) + 1
    transport = httpx.HTTPTransport(local_address=f"127.0.{1 + number // 250}.{1 + number % 250}")
    with httpx.Client(timeout=30, transport=transport) as http:
        Telling(house, story, http).tell()
