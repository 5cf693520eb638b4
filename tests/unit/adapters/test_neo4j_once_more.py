"""Of two writes that stood in each other's way one goes second; any other failure is told at once."""

import pytest
from neo4j import exceptions as driver

from app.adapters.neo4j.failures import DEADLOCK
from app.adapters.neo4j.server import once_more

CROWDED = "Neo.TransientError.Transaction.LockAcquisitionTimeout"


class Failing:
    """Fails with these codes, one a run, and then answers."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.runs = list(codes), 0

    async def __call__(self) -> str:
        self.runs += 1
        if self.codes:
            raise driver.Neo4jError._hydrate_neo4j(code=self.codes.pop(0), message="theirs")
        return "done"


@pytest.mark.parametrize("codes", [(), (DEADLOCK,), (DEADLOCK, DEADLOCK)])
async def test_a_deadlock_is_run_again(codes: tuple[str, ...]) -> None:
    run = Failing(*codes)
    assert await once_more(run) == "done"
    assert run.runs == len(codes) + 1


@pytest.mark.parametrize(("codes", "runs"), [((DEADLOCK,) * 9, 3), ((CROWDED,), 1), ((DEADLOCK, CROWDED), 2)])
async def test_it_is_not_run_for_ever_nor_after_anything_else(codes: tuple[str, ...], runs: int) -> None:
    run = Failing(*codes)
    with pytest.raises(driver.TransientError):
        await once_more(run)
    assert run.runs == runs
