"""All programs, one after the other, and `benchmarks/RESULTS.md`.

python -m benchmarks [PROGRAM...]
"""

import argparse
import os
import time
from collections.abc import Callable

from benchmarks import (
    adding,
    adding_on_servers,
    dialects,
    figures,
    graph_operations,
    growing,
    importing,
    lagging,
    listing,
    processes,
    results,
    searching,
    searching_on_servers,
    starting,
    subscribing,
)
from benchmarks.figures import Report

PROGRAMS: dict[str, Callable[[], Report]] = {
    "starting": starting.run,
    "adding": adding.run,
    "searching": searching.run,
    "listing": listing.run,
    "dialects": dialects.run,
    "subscribing": subscribing.run,
    "importing": importing.run,
    "graph_operations": graph_operations.run,
    "adding_on_servers": adding_on_servers.run,
    "searching_on_servers": searching_on_servers.run,
    "processes": processes.run,
    "lagging": lagging.run,
    "growing": growing.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("programs", nargs="*", choices=[*PROGRAMS, []], metavar="PROGRAM", help=", ".join(PROGRAMS))
    for name in parser.parse_args().programs or PROGRAMS:
        load, started = os.getloadavg()[0], time.perf_counter()
        report = PROGRAMS[name]()
        results.keep(report, load=load)
        print(figures.text(report))
        print(f"  ({time.perf_counter() - started:.0f} s, load before: {load:.1f})\n", flush=True)


if __name__ == "__main__":
    main()
