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
    with httpx.Client(timeout=30) as http:
        Telling(house, story, http).tell()
