"""The command line: its commands, and how each of them ends."""

import sys

import typer

from app.commands import (
    add,
    clusters,
    compose,
    copies,
    counts,
    decisions,
    demo,
    doctor,
    entities,
    entity,
    exporting,
    feedback,
    forget,
    graph,
    history,
    importing,
    intelligence,
    jobs,
    kept,
    keypaths,
    keys,
    knowledge,
    layers,
    links,
    memories,
    migrate,
    people,
    profile,
    projects,
    refresh,
    reindex,
    route,
    schema,
    search,
    serve,
    summarize,
    update,
    vocabulary,
    webhooks,
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
app.command("update", rich_help_panel="Remember")(update.update)
app.command("link", rich_help_panel="Remember")(links.link)
app.command("unlink", rich_help_panel="Remember")(links.unlink)
app.command("feedback", rich_help_panel="Remember")(feedback.feedback)
app.command("promote", rich_help_panel="Remember")(layers.promote)
app.command("demote", rich_help_panel="Remember")(layers.demote)
app.command("import", rich_help_panel="Remember")(importing.import_files)
app.command("search", rich_help_panel="Recall")(search.search)
app.command("list", rich_help_panel="Recall")(memories.list_memories)
app.command("show", rich_help_panel="Recall")(memories.show)
app.command("neighborhood", rich_help_panel="Recall")(graph.neighborhood)
app.command("paths", rich_help_panel="Recall")(graph.paths)
app.command("route", rich_help_panel="Recall")(route.route)
app.command("compose", rich_help_panel="Recall")(compose.compose)
app.command("clusters", rich_help_panel="Recall")(clusters.clusters)
app.command("counts", rich_help_panel="Recall")(counts.counts)
app.command("summarize", rich_help_panel="Recall")(summarize.summarize)
app.command("entity", rich_help_panel="Recall")(entity.entity)
app.command("intelligence", rich_help_panel="Recall")(intelligence.intelligence)
app.command("knowledge", rich_help_panel="Recall")(knowledge.knowledge)
app.command("profile", rich_help_panel="Recall")(profile.profile)
app.command("export", rich_help_panel="Recall")(exporting.export)
app.command("forget", rich_help_panel="Forget")(forget.forget)
app.command("backup", rich_help_panel="Keep")(copies.backup)
app.command("restore", rich_help_panel="Keep")(copies.restore)
app.command("migrate", rich_help_panel="Keep")(migrate.migrate)
app.command("reindex", rich_help_panel="Keep")(reindex.reindex)
app.command("refresh", rich_help_panel="Keep")(refresh.refresh)
app.command("history", rich_help_panel="Recall")(history.history)
app.command("changelog", rich_help_panel="Recall")(history.changelog)
app.add_typer(keypaths.app, name="keypaths", rich_help_panel="Recall")
app.command("users", rich_help_panel="Manage")(people.users)
app.command("agents", rich_help_panel="Manage")(people.agents)
app.command("sessions", rich_help_panel="Manage")(people.sessions)
app.add_typer(decisions.app, name="decisions", rich_help_panel="Manage")
app.add_typer(entities.app, name="entities", rich_help_panel="Manage")
app.add_typer(jobs.app, name="jobs", rich_help_panel="Manage")
app.add_typer(keys.app, name="keys", rich_help_panel="Manage")
app.add_typer(projects.app, name="projects", rich_help_panel="Manage")
app.add_typer(kept.transcripts, name="transcripts", rich_help_panel="Keep")
app.add_typer(kept.values, name="values", rich_help_panel="Keep")
app.add_typer(vocabulary.app, name="vocabulary", rich_help_panel="Manage")
app.add_typer(webhooks.app, name="webhooks", rich_help_panel="Manage")
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
