"""The command line: its commands, and how each of them ends."""

import sys

import typer

from app.commands import (
    add,
    clusters,
    compose,
    copies,
    counts,
    demo,
    doctor,
    entity,
    exporting,
    forget,
    importing,
    intelligence,
    jobs,
    keys,
    migrate,
    projects,
    reindex,
    schema,
    search,
    serve,
    summarize,
    worker,
)
from app.commands.ending import EXIT_CODES, report

app = typer.Typer(
    name="mnemograph",
    help="A self-hosted memory graph for AI agents and apps: one SQLite file or servers, a GraphQL API, live subscriptions.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve", rich_help_panel="Run")(serve.serve)
app.command("worker", rich_help_panel="Run")(worker.worker)
app.command("demo", rich_help_panel="Run")(demo.demo)
app.command("doctor", rich_help_panel="Run")(doctor.doctor)
app.command("add", rich_help_panel="Remember")(add.add)
app.command("import", rich_help_panel="Remember")(importing.import_files)
app.command("search", rich_help_panel="Recall")(search.search)
app.command("compose", rich_help_panel="Recall")(compose.compose)
app.command("clusters", rich_help_panel="Recall")(clusters.clusters)
app.command("counts", rich_help_panel="Recall")(counts.counts)
app.command("summarize", rich_help_panel="Recall")(summarize.summarize)
app.command("entity", rich_help_panel="Recall")(entity.entity)
app.command("intelligence", rich_help_panel="Recall")(intelligence.intelligence)
app.command("export", rich_help_panel="Recall")(exporting.export)
app.command("forget", rich_help_panel="Forget")(forget.forget)
app.command("backup", rich_help_panel="Keep")(copies.backup)
app.command("restore", rich_help_panel="Keep")(copies.restore)
app.command("migrate", rich_help_panel="Keep")(migrate.migrate)
app.command("reindex", rich_help_panel="Keep")(reindex.reindex)
app.add_typer(jobs.app, name="jobs", rich_help_panel="Manage")
app.add_typer(keys.app, name="keys", rich_help_panel="Manage")
app.add_typer(projects.app, name="projects", rich_help_panel="Manage")
app.command("print-schema", rich_help_panel="About")(schema.print_schema)
app.command("version", rich_help_panel="About")(schema.version)


def main() -> None:
    """Runs one command. Ends with one of the documented exit codes, never with a traceback."""
    try:
        app(prog_name="mnemograph")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last edge: everything is told in a line and given a code
        sys.exit(report(error, as_json="--json" in sys.argv))
