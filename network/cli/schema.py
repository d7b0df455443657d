"""`hubnetz schema`: prints schemas, tells versions of them apart, and says who still uses what."""

import dataclasses
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from network.cli import run
from network.cli.run import console

app: Final = typer.Typer(help="Prints the schema as SDL, compares two of them, and tells who uses what.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_DAYS: Final = 90


@app.callback(invoke_without_command=True, epilog="Example: hubnetz schema --subgraph directory > directory.graphql")
def schema(
    context: typer.Context,
    subgraph: Annotated[str | None, typer.Option(help="One subgraph, with federation's directives.")] = None,
    write: Annotated[Path | None, typer.Option(file_okay=False, help="Write all schemas into this folder.")] = None,
) -> None:
    """Prints the schema as SDL; compares two of them; tells who uses what (docs/deprecation.md)."""
    if context.invoked_subcommand is not None:
        return
    from network.schema import files

    if write is not None:
        _write(write)
        return
    texts = files.texts()
    name = subgraph or files.GATEWAY
    if name not in texts:
        expected = ", ".join(sorted(texts.keys() - {files.GATEWAY}))
        raise typer.BadParameter(f"expected one of {expected}", param_hint="--subgraph")
    sys.stdout.write(texts[name])


def _write(folder: Path) -> None:
    """Writes the snapshots, and tells on the way what changes for whom."""
    from network.schema import files
    from network.schema.report import lines

    try:
        for name, changes in files.changes(folder).items():
            for line in lines(changes, today=_today()):
                console.print(f"{name}: {line}", markup=False, highlight=False, soft_wrap=True)
        changed = files.write(folder)
    except files.BreakingChangesError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be written to ({error.strerror})", param_hint="--write") from error
    for path in changed:
        console.print(f"changed: {path}", highlight=False)


@app.command(epilog="Example: hubnetz schema diff docs/schema/gateway.graphql gateway --usage")
def diff(
    old: Annotated[
        str, typer.Argument(help="A file, - for standard input, or what this code has: gateway or a subgraph.")
    ],
    new: Annotated[str, typer.Argument(help="The same.")],
    *,
    usage: Annotated[
        bool, typer.Option("--usage", help="Say beside each breaking change who used that lately.")
    ] = False,
    since: Annotated[int, typer.Option(min=1, max=400, metavar="DAYS", help="Days that usage looks back.")] = _DAYS,
    as_json: Json = False,
) -> None:
    """Classifies what changed between two schemas. Exit code 1 where something breaks clients."""
    from network.schema.changes import UnreadableSchemaError, changes
    from network.schema.report import exit_code, lines, report

    if old == new == "-":
        raise typer.BadParameter("standard input can be read once only", param_hint="NEW")
    try:
        found = changes(_text(old, "OLD"), _text(new, "NEW"))
    except UnreadableSchemaError as error:
        raise typer.BadParameter(str(error), param_hint=error.which) from error
    if usage:
        given: list[dict[str, Any]] = [dataclasses.asdict(change) for change in found]
        raise typer.Exit(run.run("schema_diff", {"changes": given, "days": since, "as_json": as_json}))
    if as_json:
        typer.echo(json.dumps(report(found, today=_today()), ensure_ascii=False))
    else:
        for line in lines(found, today=_today()):
            typer.echo(line)
    raise typer.Exit(exit_code(found))


@app.command("usage", epilog="Example: hubnetz schema usage --field Project.title --since 30")
def used(
    *,
    since: Annotated[
        int, typer.Option(min=1, max=400, metavar="DAYS", help="Days to look back, today included.")
    ] = _DAYS,
    field: Annotated[
        str | None, typer.Option(help="A schema coordinate: Type.field, Type.field(argument:), Enum.VALUE; or a type.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tells which programs used which part of the schema, how often and when last; at most a minute is missing."""
    raise typer.Exit(run.run("schema_usage", {"days": since, "field": field, "as_json": as_json}))


def _text(given: str, which: str) -> str:
    from network.schema import files
    from network.subgraphs import NAMES

    if given in (files.GATEWAY, *NAMES):
        return files.texts()[given]
    try:
        return sys.stdin.read() if given == "-" else Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        names = ", ".join((files.GATEWAY, *NAMES))
        raise typer.BadParameter(
            f"{given} cannot be read: expected a file in UTF-8, -, or one of {names}", param_hint=which
        ) from error


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
