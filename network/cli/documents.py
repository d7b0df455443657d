"""`hubnetz documents`: the manifest of trusted documents."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Final

import typer

from network.cli import run as cli_run
from network.cli.run import console

app: Final = typer.Typer(
    help="Trusted documents: operations that clients may send by their hash, and the only ones where HUBNETZ_DOCUMENTS_ONLY is on.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def documents() -> None:
    """Keeps `publish` a command of its own: typer would make a group of one command that command."""


@app.command(epilog="Example: hubnetz documents publish docs/queries --manifest var/documents.json")
def publish(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR", exists=True, file_okay=False, help="Folders of *.graphql files, one operation each."
        ),
    ],
    *,
    file: Annotated[
        Path | None,
        typer.Option("--manifest", dir_okay=False, help="The manifest; without it that of HUBNETZ_DOCUMENTS."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Take out what the folders do not hold; clients that send it still are refused."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Adds the operations of folders to the manifest, each by the SHA-256 of its text. Exit code 1 where one is wrong."""
    from network.operations.publishing import PublishingError
    from network.operations.publishing import publish as run
    from network.schema.gateway import compose
    from network.subgraphs import schemas

    settings = cli_run.settings()
    path = file or settings.documents_file
    if path is None:
        raise typer.BadParameter("expected the path of a manifest, or HUBNETZ_DOCUMENTS", param_hint="--manifest")
    schema = compose(schemas(max_representations=settings.limits.max_representations))
    try:
        done = run(folders, path, schema, settings.limits, replaces=replace)
    except PublishingError as error:
        for problem in error.problems:
            console.print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
        console.print("Nothing was published.", style="red")
        raise typer.Exit(1) from error
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written ({error.strerror})", param_hint="--manifest") from error
    if as_json:
        typer.echo(json.dumps({"manifest": str(path), **dataclasses.asdict(done)}, ensure_ascii=False))
        return
    for sign, changed in (("+", done.added), ("-", done.removed)):
        for one in changed:
            typer.echo(f"{sign} {one.name} {one.id}")
    for line in done.unfit:
        console.print(
            f"no longer fits the schema: {line}", style="yellow", markup=False, highlight=False, soft_wrap=True
        )
    typer.echo(f"{path}: {done.total} documents, {len(done.added)} of them new.")
