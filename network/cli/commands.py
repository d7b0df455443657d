"""The `hubnetz` command: reads arguments and settings, and hands over to jobs or to the server."""

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from network.cli import backup as cli_backup
from network.cli import documents as cli_documents
from network.cli import person as cli_person
from network.cli import run as cli_run
from network.cli import schema as cli_schema
from network.cli import secrets as cli_secrets
from network.cli import synonyms as cli_synonyms
from network.cli.run import console
from network.configuration.settings import SettingsError

app: Final = typer.Typer(
    help="Hubnetz: what the DigitalHubs of a network know, as one graph with search.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
import_app: Final = typer.Typer(
    help="Reads registers and projects from files; wrong rows are reported with file, line, column and reason.",
    no_args_is_help=True,
)
export_app: Final = typer.Typer(help="Writes what others can read.", no_args_is_help=True)
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
app.add_typer(cli_synonyms.app, name="synonyms")
app.add_typer(cli_person.app, name="person")
app.add_typer(cli_schema.app, name="schema")
app.add_typer(cli_documents.app, name="documents")
app.add_typer(cli_secrets.app, name="secrets")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Files to read.")]


@app.command(epilog="Example: hubnetz serve --subgraph projects")
def serve(
    subgraph: Annotated[
        str | None, typer.Option(help="Serve one subgraph alone: directory, projects, discovery.")
    ] = None,
    role: Annotated[
        str, typer.Option(help="all, web (leaves background work to others) or worker (does that alone).")
    ] = "all",
) -> None:
    """Serves the API, the start page and the explorer until it is told to stop."""
    from network.app import Role
    from network.serving import serve as run
    from network.subgraphs import NAMES

    if subgraph is not None and subgraph not in NAMES:
        raise typer.BadParameter(f"expected one of {', '.join(NAMES)}", param_hint="--subgraph")
    if role not in list(Role):
        raise typer.BadParameter(f"expected one of {', '.join(Role)}", param_hint="--role")
    settings = cli_run.settings(sends_mail=role != Role.WEB, signs_in=subgraph is None and role != Role.WORKER)
    if role != Role.ALL and settings.holds_data_dir:
        raise typer.BadParameter(
            "the embedded backends live in one process; set HUBNETZ_GRAPH_URL and HUBNETZ_SEARCH_URL to servers",
            param_hint="--role",
        )
    raise typer.Exit(run(settings, role=Role(role), subgraph=subgraph))


@app.command(epilog="Example: hubnetz seed, or hubnetz seed --check; for development hubnetz seed --examples")
def seed(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Load nothing, list what is wrong or does not resolve.")
    ] = False,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing where a seed is loaded already.")] = False,
    examples: Annotated[
        bool,
        typer.Option("--examples", help="Also enter made-up examples, marked as such; in development alone."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Loads the ten hubs of seed_data/; what people have changed since stays as it is."""
    if check and examples:
        raise typer.BadParameter(
            "--check reads the files of the seed, which holds no examples", param_hint="--examples"
        )
    if check:
        raise typer.Exit(_check_seed(as_json=as_json))
    _run("seed", if_empty=if_empty, examples=examples, as_json=as_json)


def _check_seed(*, as_json: bool) -> int:
    from seed_data.load import unresolved

    problems = unresolved()
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(problem) for problem in problems], ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(problem)
        typer.echo(f"{len(problems)} problems in the seed data")
    return 1 if problems else 0


@app.command(epilog='Example: hubnetz search "parkplatz suche" --limit 5 --as hub_lead:zeitz')
def search(
    text: Annotated[str, typer.Argument(help="What to look for, in German; typing errors are forgiven.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most hits.")] = 20,
    as_json: Json = False,
    as_: Annotated[str | None, typer.Option("--as", help="Search with a membership, e.g. hub_lead:zeitz.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each hit is one, and what moved it.")] = False,
) -> None:
    """Finds projects, as anybody would see them."""
    cli_run.check_membership(as_)
    is_terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    _run("search", text=text, limit=limit, as_json=as_json, as_=as_, explain=explain, is_terminal=is_terminal)


@app.command(epilog="Example: hubnetz token --as hub_lead:zeitz")
def token(
    as_: Annotated[
        str, typer.Option("--as", help="A sample account: hub_lead:zeitz, network_admin, none, machine-zeitz, …")
    ],
) -> None:
    """Prints an access token of a sample account, valid for an hour: for development, on this machine only."""
    from network.development.accounts import accounts
    from network.development.issuer import COMMAND_LINE, DevelopmentIssuer
    from network.errors import JobError
    from network.jobs.job import FAILURE

    try:
        issuer = DevelopmentIssuer(cli_run.beside_server(cli_run.settings()))
    except JobError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(FAILURE) from error
    account = accounts().get(as_)
    if account is None:
        raise typer.BadParameter(f"no sample account {as_!r}; there are {', '.join(accounts())}", param_hint="--as")
    typer.echo(issuer.access_token(account, client_id=COMMAND_LINE, scope="openid hubnetz"))


@app.command(epilog="Example: hubnetz reindex")
def reindex(*, as_json: Json = False) -> None:
    """Builds the index anew beside the serving one, and swaps them."""
    _run("reindex", as_json=as_json)


@app.command(epilog="Example: hubnetz doctor --json")
def doctor(*, as_json: Json = False) -> None:
    """Compares graph and index, finds what dangles, says what to do. Exit code 1 where something is wrong."""
    _run("doctor", as_json=as_json)


app.command(
    epilog="Example: hubnetz backup hubnetz.tar.gz, or every day: hubnetz backup --keep 14 /var/backups/hubnetz"
)(cli_backup.backup)
app.command(epilog="Example: hubnetz restore hubnetz.tar.gz")(cli_backup.restore)


@app.command(epilog="Example: hubnetz permissions --write docs/permissions.md")
def permissions(
    write: Annotated[Path | None, typer.Option(dir_okay=False, help="Write them into this file.")] = None,
) -> None:
    """Prints who may do and read what, as the policy answers it, as Markdown."""
    from network.schema import permissions as asked

    if write is None:
        sys.stdout.write(asked.text())
        return
    try:
        write.write_text(asked.text(), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{write} cannot be written ({error.strerror})", param_hint="--write") from error


@import_app.command(
    "municipalities", epilog="Example: hubnetz import municipalities municipalities.csv associations.csv districts.csv"
)
def import_municipalities(files: Files, *, as_json: Json = False) -> None:
    """Municipalities, associations and districts: our CSV files, or GV100AD of the statistical office."""
    _import("municipalities", files, as_json=as_json)


@import_app.command("universities", epilog="Example: hubnetz import universities universities.csv")
def import_universities(files: Files, *, as_json: Json = False) -> None:
    """Universities: CSV, or JSON of the ROR register."""
    _import("universities", files, as_json=as_json)


@import_app.command("services", epilog="Example: hubnetz import services ozg_services.csv")
def import_services(files: Files, *, as_json: Json = False) -> None:
    """Administrative services of the OZG catalogue."""
    _import("services", files, as_json=as_json)


@import_app.command("projects", epilog="Example: hubnetz import projects projects.ndjson")
def import_projects(files: Files, *, as_json: Json = False) -> None:
    """Projects, one JSON object a line."""
    _import("projects", files, as_json=as_json)


@export_app.command("projects", epilog="Example: hubnetz export projects > projects.ndjson")
def export_projects(
    *,
    as_: Annotated[str | None, typer.Option("--as", help="What a membership may see, e.g. network_admin.")] = None,
) -> None:
    """Projects, one JSON object a line, as `import projects` reads them."""
    cli_run.check_membership(as_)
    _run("export_projects", as_=as_)


def _import(kind: str, files: list[Path], *, as_json: bool) -> None:
    # A server resolves names from its own folder.
    _run(f"import_{kind}", files=[str(path.resolve()) for path in files], as_json=as_json)


def _run(job: str, **arguments: Any) -> None:
    raise typer.Exit(cli_run.run(job, arguments))


def main() -> None:
    """Entry point of the command; settings that cannot be used are told all at once."""
    try:
        app(prog_name="hubnetz")
    except SettingsError as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        raise SystemExit(1) from None
