import pytest

from app.extraction.duplicates import Sameness, StoredText, compare, find_duplicate


@pytest.mark.parametrize(
    ("new", "old", "cosine", "expected"),
    [
        ("I live in Graz.", "i live in  Graz", None, Sameness.EXACT),
        ("Marta keeps seven beehives in Graz.", "In Graz, Marta keeps seven beehives!", 0.97, Sameness.NEAR),
        (
            "The sync job runs nightly on the spare host.",
            "On the spare host the sync job runs nightly.",
            None,
            Sameness.NEAR,
        ),
        ("The timeout is 30 s.", "The timeout is 60 s.", 0.99, Sameness.DIFFERENT),
        ("We do not use Redis.", "We do use Redis.", 0.98, Sameness.DIFFERENT),
        ("I went there with Anna.", "I went there with Omar.", 0.97, Sameness.DIFFERENT),
        ("I bought bread.", "The server is down.", 0.1, Sameness.DIFFERENT),
        ("“Dune” is long.", '"Dune" is long.', None, Sameness.EXACT),
        ("Ramen is my favourite food.", "My favourite food is ramen.", 0.97, Sameness.NEAR),
        ("The mailer sends the email.", "The email is sent by the mailer.", 0.97, Sameness.NEAR),
        ("The colour is blue.", "The color is blue.", 0.97, Sameness.NEAR),
        ("Ben has a peanut allergy.", "Ben is allergic to peanuts.", 0.93, Sameness.NEAR),
        ("Ana gave Tom a book.", "Tom gave Ana a book.", 0.98, Sameness.DIFFERENT),
        ("Dev moved from Delhi to Pune.", "Dev moved from Pune to Delhi.", 0.98, Sameness.DIFFERENT),
        ("The backup runs after the deploy.", "The backup runs before the deploy.", 0.97, Sameness.DIFFERENT),
        ("Is the API written in Rust?", "The API is written in Rust.", 0.92, Sameness.DIFFERENT),
        ("Tim would like to visit Ireland.", "Tim visited Ireland.", 0.86, Sameness.DIFFERENT),
        ("Nora plays the violin and the piano.", "Nora plays the violin.", 0.92, Sameness.DIFFERENT),
        ("The backup runs nightly.", "The nightly backup runs.", 0.7, Sameness.DIFFERENT),
    ],
)
def test_how_two_texts_compare(new: str, old: str, cosine: float | None, expected: Sameness) -> None:
    assert compare(new, StoredText(key="m", text=old, cosine=cosine)).sameness is expected


def test_an_exact_match_wins_over_a_near_one() -> None:
    stored = [
        StoredText(key="near", text="In Graz Marta keeps bees.", cosine=0.97),
        StoredText(key="exact", text="marta keeps bees in Graz", cosine=1.0),
    ]
    found = find_duplicate("Marta keeps bees in Graz.", stored)
    assert found is not None
    assert (found.key, found.sameness, found.score) == ("exact", Sameness.EXACT, 1.0)


def test_nothing_alike_is_no_duplicate() -> None:
    assert find_duplicate("Marta keeps bees.", [StoredText(key="m", text="The server is down.")]) is None
