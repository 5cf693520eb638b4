"""A composed prompt never exceeds its budget, whatever the texts, the layout and the grouping."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.tokens import BpeTokenCounter
from app.domain.errors import Invalid
from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import Memory
from app.services.fitting import cost, fit
from app.services.inputs import PromptFormat, PromptRequest
from app.services.prompts import layout_of
from app.services.results import Hit

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TOKENS = BpeTokenCounter()


def a_hit(text: str, *, score: float = 0.5, speaker: str | None = None, title: str | None = None) -> Hit:
    memory = Memory(
        id=MemoryId("mem_1"),
        project=ProjectId("prj_1"),
        text=text,
        speaker=speaker,
        title=title,
        created_at=NOW,
        updated_at=NOW,
    )
    return Hit(memory=memory, score=score, factors=())


texts = st.one_of(
    st.text(min_size=1, max_size=300),
    st.sampled_from(["{memories}", "{query} {date}", "a" * 400, "🜁" * 50, "word " * 80, "\u202eright to left", "[1]"]),
)
hits = st.lists(st.builds(a_hit, texts, speaker=st.none() | st.text(max_size=10)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    hits,
    st.integers(1, 400),
    st.sampled_from(PromptFormat),
    st.sampled_from(["", "Places", "{memories}"]),
    st.sampled_from([None, "Facts:\n{memories}\nToday is {date}.", "{memories}{memories}"]),
    st.sampled_from([None, "Be brief."]),
)
def test_the_budget_is_never_exceeded(
    found: list[Hit], budget: int, form: PromptFormat, group: str, template: str | None, instructions: str | None
) -> None:
    request = PromptRequest(
        query="Where is it?", budget=budget, format=form, template=template, instructions=instructions
    )
    layout = layout_of(request, NOW)
    try:
        chosen = fit(layout, found, [group] * len(found), budget=budget, tokens=TOKENS)
    except Invalid as refused:
        assert refused.fields[0].code == "too_small"
        assert cost(layout, [], TOKENS) > budget
        return
    text, messages = layout.render(chosen)
    spent = sum(4 + TOKENS.count(m.content) for m in messages) if messages else TOKENS.count(text)
    assert spent <= budget


def test_a_long_memory_makes_room_for_a_short_one() -> None:
    layout = layout_of(PromptRequest(query="q", format=PromptFormat.TEXT), NOW)
    chosen = fit(layout, [a_hit("long " * 500), a_hit("Ada likes tea")], ["", ""], budget=40, tokens=TOKENS)
    assert [(e.marker, e.hit.memory.text) for e in chosen] == [("[1]", "Ada likes tea")]


def test_a_budget_below_the_bare_prompt_is_refused() -> None:
    layout = layout_of(PromptRequest(query="q", instructions="Say nothing but the truth."), NOW)
    with pytest.raises(Invalid) as raised:
        fit(layout, [], [], budget=3, tokens=TOKENS)
    assert [(e.field, e.code) for e in raised.value.fields] == [("budget", "too_small")]


def test_the_three_formats() -> None:
    found = [a_hit("I moved to\nOslo", speaker="Ada"), a_hit("Keep it short", title="Style")]
    groups = ["event", "preference"]

    def composed(form: PromptFormat) -> tuple[str, list[tuple[str, str]]]:
        layout = layout_of(PromptRequest(query="Where is Ada?", format=form), NOW)
        text, messages = layout.render(fit(layout, found, groups, budget=500, tokens=TOKENS))
        return text, [(m.role, m.content) for m in messages]

    assert composed(PromptFormat.TEXT) == (
        "Known so far:\nevent:\n- Ada: I moved to Oslo [1]\n\npreference:\n- Style: Keep it short [2]",
        [],
    )
    assert composed(PromptFormat.MARKDOWN) == (
        "## What is known\n\n### event\n- Ada: I moved to Oslo [1]\n\n### preference\n- Style: Keep it short [2]",
        [],
    )
    text, messages = composed(PromptFormat.MESSAGES)
    assert messages[1] == ("user", "Where is Ada?")
    assert messages[0][1].startswith("What is known:\nevent:\n- Ada")
    assert text == f"{messages[0][1]}\n\nWhere is Ada?"


def test_braces_inside_a_memory_stay_as_they_are() -> None:
    layout = layout_of(PromptRequest(query="q", template="{memories} on {date}"), NOW)
    chosen = fit(layout, [a_hit("use {date} and {query}")], [""], budget=100, tokens=TOKENS)
    assert layout.render(chosen)[0] == "- use {date} and {query} [1] on 2026-11-21"
