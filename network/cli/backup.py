"""`hubnetz backup` and `hubnetz restore`: the embedded graph as one file, and back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from graph.errors import GraphError
from network.backups import restoring
from network.backups.archive import Step
from network.backups.errors import BackupError
from network.backups.manifest import Manifest
from network.backups.places import forget_index, graph_files
from network.cli import run as cli_run
from network.configuration.settings import Settings
from network.jobs.backup import USE_NEO4J
from network.jobs.job import FAILURE

T = TypeVar("T")
_KEEP: Final = 3_660

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def backup(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="FILE|DIR", help="The archive; with --keep a folder, HUBNETZ_BACKUP_DIR unless given."),
    ] = None,
    *,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, max=_KEEP, metavar="N", help="Name it by the day, and keep the newest N."),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make none: unpack FILE, open the graph in it, and count.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE, where it is a backup.")] = False,
    as_json: Json = False,
) -> None:
    """Writes the embedded graph into one archive, beside a running server, too. It holds personal data and no keys.

    The index is not in it: it is built anew. Neither are sessions: who was signed in signs in again.
    """
    settings = cli_run.settings()
    if verify:
        if path is None or keep is not None or force:
            raise typer.BadParameter("--verify takes FILE, and nothing else", param_hint="--verify")
        _verify(settings, path, as_json=as_json)
        return
    if keep is None and path is None:
        raise typer.BadParameter("expected the file to write, or --keep with a folder", param_hint="FILE|DIR")
    if keep is not None:
        path = path or settings.backup_dir
        if path is None:
            raise typer.BadParameter("expected a folder, or HUBNETZ_BACKUP_DIR", param_hint="FILE|DIR")
        if not path.is_dir():
            # Never made: where a disk is not mounted, its folder would fill another one.
            raise typer.BadParameter(f"{path} is no folder", param_hint="FILE|DIR")
    assert path is not None
    arguments: dict[str, Any] = {"keep": keep, "overwrites": force, "as_json": as_json}
    _tried(lambda: _must_be_there(settings))
    # The server has a folder of its own. Links stay: what one points to is not what was to be overwritten.
    raise typer.Exit(cli_run.run("backup", {"path": str(path.absolute()), **arguments}))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="An archive of hubnetz backup.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Where there is a graph: move it aside, and keep it there.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Puts a backup in the place of the embedded graph, after it was opened and counted. Stop the server first.

    Restore none but your own: whoever wrote it decides what the graph says from then on.
    """
    settings = cli_run.settings()
    _tried(lambda: _must_be_embedded(settings))
    # For its owner alone, like every data folder that Hubnetz makes.
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with cli_run.terminal() as output:
        step = _step(output)
        done = _tried(
            lambda: restoring.restore(
                file,
                graph_files(settings),
                replaces=replace,
                forget_index=lambda: forget_index(settings),
                step=step,
            )
        )
    if as_json:
        aside = None if done.aside is None else str(done.aside)
        typer.echo(json.dumps({**_told(done.manifest), "aside": aside}))
        return
    typer.echo(f"Restored: {_said(done.manifest)}")
    if done.aside is not None:
        typer.echo(f"What was there is in {done.aside}: yours to delete, it holds personal data.")
    for line in _what_next(settings, done.manifest):
        typer.echo(f"→ {line}")


def _what_next(settings: Settings, manifest: Manifest) -> list[str]:
    index = "it builds the index anew" if settings.is_search_embedded else "then run: hubnetz reindex"
    return [
        f"Start Hubnetz; {index}. Then ask: hubnetz doctor",
        f"Who was erased after {manifest.taken} is there again: erase again (docs/personal-data.md).",
        "Memberships, webhooks and feed addresses that were taken back after it are in force again: take them back again.",
        "E-mails and events for webhooks that waited then are sent again. Everybody signs in anew.",
    ]


def _verify(settings: Settings, path: Path, *, as_json: bool) -> None:
    with cli_run.terminal() as output:
        manifest = _tried(lambda: restoring.verify(path, graph_files(settings), _step(output)))
    typer.echo(json.dumps(_told(manifest)) if as_json else f"Whole, and it can be restored: {_said(manifest)}")


def _step(output: cli_run.TerminalOutput) -> Step:
    return lambda done, total: output.progress("bytes", done, total)


def _told(manifest: Manifest) -> dict[str, Any]:
    contents = manifest.contents
    return {
        "taken": manifest.taken,
        "hubnetz": manifest.hubnetz,
        "schema": contents.schema,
        "counts": dict(contents.counts),
    }


def _said(manifest: Manifest) -> str:
    contents = manifest.contents
    return (
        f"the graph as of {manifest.taken}, written by Hubnetz {manifest.hubnetz} (schema {contents.schema}), "
        f"{sum(contents.counts.values()):,} nodes and relationships, {contents.counts.get('Project', 0):,} projects"
    )


def _must_be_embedded(settings: Settings) -> None:
    if not settings.is_graph_embedded:
        raise BackupError(USE_NEO4J)


def _must_be_there(settings: Settings) -> None:
    """Raises BackupError where there is nothing to copy: opening would make an empty graph, which pushes good backups out."""
    _must_be_embedded(settings)
    files = graph_files(settings)
    if not files.is_there:
        raise BackupError(f"There is no graph in {files.folder}. See HUBNETZ_DATA_DIR and HUBNETZ_GRAPH_URL.")


def _tried(work: Callable[[], T]) -> T:
    try:
        return work()
    except (BackupError, GraphError) as error:
        reason = str(error)
    except OSError as error:
        reason = f"{error.filename or 'The disk'} cannot be read or written ({error.strerror}). Nothing was changed."
    cli_run.console.print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(FAILURE)
