"""`mnemograph print-schema` and `mnemograph version`: what this program is."""

import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

import typer

from app.commands import screen
from app.commands.options import Json


def print_schema() -> None:
    """Print the GraphQL schema."""
    from resolvers.schema import printed

    typer.echo(printed().rstrip("\n"))


def version(*, as_json: Json = False) -> None:
    """Print the version."""
    number = installed()
    if as_json:
        screen.write_json({"version": number, "python": sys.version.split()[0]})
    else:
        typer.echo(f"mnemograph {number}")


def installed() -> str:
    """The version of the installed package; a checkout that is not installed has none."""
    try:
        return version_of("mnemograph")
    except PackageNotFoundError:
        return "0.1.0"
