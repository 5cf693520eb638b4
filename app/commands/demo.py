"""`mnemograph demo`: a small data set, and what to try with it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands import opening, screen
from app.commands.gauge import gauge
from app.commands.options import Data, Json

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.services.results import Found, Prompt
    from app.services.transfer import Record

_PROJECT = "demo"
_QUESTIONS = (
    "When does the pilot start?",
    "What food should we avoid at the party?",
    "What went wrong on staging?",
)
_TASK = "Prepare the next call with Birgit"
_CURL = """curl -s http://127.0.0.1:8000/graphql \\
  -H "Authorization: Bearer $(mnemograph keys create demo)" -H 'Content-Type: application/json' \\
  -d '{"query": "{ search(query: \\"ferry pilot\\", filter: {project: \\"demo\\"}, first: 3) \
{ edges { score node { text } } } }"}'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    added: int
    answers: "list[tuple[str, Found, list[Record]]]"
    prompt: "Prompt"


def demo(*, data: Data = None, as_json: Json = False) -> None:
    """Load a small invented data set (a team and its assistant over five weeks) and show what to try."""
    shown = opening.opened_or_made(lambda application: _demo(application, as_json=as_json), data=data)
    if as_json:
        _write(shown)
    else:
        _show(shown)


async def _demo(application: "Application", *, as_json: bool) -> _Shown:
    from app.commands.search import ask
    from app.services.inputs import PromptRequest, Question, Slice, Where

    added = await _load(application, as_json=as_json)
    where = Where(project=_PROJECT)
    answers = []
    for question in _QUESTIONS:
        answer = await ask(application, Question(query=question, where=where, slice=Slice(first=3)))
        answers.append((question, answer.found, answer.records))
    prompt = await application.services.compose.prompt(
        application.operator, request=PromptRequest(query=_TASK, budget=220, where=where)
    )
    return _Shown(added=added, answers=answers, prompt=prompt)


async def _load(application: "Application", *, as_json: bool) -> int:
    """How many memories are new; a second time none are."""
    from app.commands.importing import unfinished
    from app.demo import CONVERSATIONS
    from app.services.transfer import Destination
    from app.transfer.reading import Format, read
    from app.transfer.survey import survey

    services = application.services
    if await services.explore.project(application.operator, ref=_PROJECT) is None:
        await services.accounts.create_project(
            application.operator, slug=_PROJECT, name="Demo", description="The ferry-ticket team of `mnemograph demo`."
        )
    file, added = survey(CONVERSATIONS), 0
    pieces = read(file, name="demo.json", form=Format.JSON)
    batches = opening.transfer_of(application).load(
        application.operator, digest=file.digest, title="demo", pieces=pieces, into=Destination(project=_PROJECT)
    )
    async for loaded in batches:
        added += loaded.added
    shown = gauge(as_json=as_json)
    with shown.open("Extracting", total=max(added, 1)):
        await opening.finish(application, await unfinished(application))
        shown.show(max(added, 1))
    return added


def _show(shown: _Shown) -> None:
    from app.commands.search import show

    out = screen.out()
    if shown.added:
        out.print(f"{screen.count(shown.added, 'memory')} of the Nordlys team are in the project '{_PROJECT}'.")
    else:
        out.print(f"The demo is already in the project '{_PROJECT}'; nothing was added.")
    for question, found, records in shown.answers:
        out.print(f'\n$ mnemograph search -p {_PROJECT} -n 3 "{question}"', style="bold green")
        show(found, records, explain=False)
    out.print(f'\n$ mnemograph compose -p {_PROJECT} --budget 220 "{_TASK}"', style="bold green")
    out.print(screen.printable(shown.prompt.text))
    out.print("\nThe same over the network, while `mnemograph serve` runs:", style="bold")
    out.print(_CURL)
    out.print("\nThen: `mnemograph search --explain …`, `mnemograph import FILE`, `mnemograph forget -p demo`.")


def _write(shown: _Shown) -> None:
    from app.commands import shapes

    answers = [
        {
            "query": question,
            "hits": [shapes.hit(item.node, record) for item, record in zip(found.hits.items, records, strict=True)],
        }
        for question, found, records in shown.answers
    ]
    screen.write_json({"added": shown.added, "searches": answers, "prompt": shown.prompt.text})
