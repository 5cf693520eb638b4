from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.adapters.spacy_analysis import SpacyAnalyzer
from app.extraction.findings import Finding, Turn
from app.extraction.pipeline import Extractor

WEDNESDAY = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)

Extract = Callable[..., Finding]


@pytest.fixture(scope="session")
def analyzer() -> SpacyAnalyzer:
    return SpacyAnalyzer()


@pytest.fixture(scope="session")
def extract(analyzer: SpacyAnalyzer) -> Extract:
    """What is found in one text that is said on Wednesday 8 April 2026."""
    extractor = Extractor(analyzer)

    def found(text: str, *, at: datetime = WEDNESDAY, **about: str) -> Finding:
        return extractor.extract([Turn(text=text, at=at, **about)])[0]

    return found


@pytest.fixture(scope="session")
def note(extract: Extract) -> Extract:
    """What is found in a note that a user gives to a program."""

    def found(text: str, **about: str) -> Finding:
        return extract(text, role="user", **about)

    return found
