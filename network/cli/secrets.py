"""`hubnetz secrets`: passwords and keys that a deployment makes for itself."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from network.cli.run import console
from network.configuration import secret_files
from network.configuration.secret_files import SECRETS, Secret, SecretFileError

app: Final = typer.Typer(
    help="Passwords and keys that a deployment makes for itself at its first start (docs/deployment.md).",
    no_args_is_help=True,
)
T = TypeVar("T")
_MAX_LINE: Final = 4_096

Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False, help="The folder that holds them.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help=f"{', '.join(secret.name for secret in SECRETS)}.")]


@app.command(epilog="Example: hubnetz secrets make /secrets")
def make(folder: Folder) -> None:
    """Writes what is missing, changes nothing that is there, and hands out copies under DIR/for/. Prints names alone."""
    made = _tried(lambda: secret_files.make(folder))
    for secret in SECRETS:
        if secret.is_given and not (folder / secret.name).exists():
            typer.echo(f"none {secret.name}: {secret.meaning}; hubnetz secrets put")
        else:
            typer.echo(f"{'new ' if secret.name in made else 'kept'} {secret.name}: {secret.meaning}")
    typer.echo(f"Keep {folder} with your backups, and apart from them: what is stored cannot be used without it.")


@app.command(epilog="Example: hubnetz secrets rotate /secrets secret_keys")
def rotate(folder: Folder, name: Name) -> None:
    """Makes the next value of NAME, which waits until `take`; docs/deployment.md says who has to be told of it before."""
    secret = _made(name)
    _tried(lambda: secret_files.rotate(folder, secret))
    typer.echo(f"next {secret.name}: {secret.meaning}. `take` puts it in force.")


@app.command(epilog="Example: hubnetz secrets take /secrets secret_keys")
def take(folder: Folder, name: Name) -> None:
    """Puts the value of NAME in force that `rotate` made, and keeps the one before (`show --previous`)."""
    secret = _made(name)
    _tried(lambda: secret_files.take(folder, secret))
    typer.echo(f"new  {secret.name}: {secret.meaning}")


@app.command(epilog="Example: hubnetz secrets forget /secrets secret_keys")
def forget(folder: Folder, name: Name) -> None:
    """Takes all values of NAME but the newest out of the vault. What was encrypted with a forgotten key is lost."""
    secret = _made(name)
    _tried(lambda: secret_files.forget(folder, secret))
    typer.echo(f"kept {secret.name}: the newest alone")


@app.command(epilog="Example: hubnetz secrets put /secrets smtp_url < smtp_url")
def put(folder: Folder, name: Name) -> None:
    """Keeps what only you know, from standard input: asked for where that is a terminal, and shown nowhere."""
    secret = _named(name)
    if not secret.is_given:
        raise typer.BadParameter("is made here; `rotate` makes another", param_hint="NAME")
    value = typer.prompt(secret.name, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline(_MAX_LINE)
    _tried(lambda: secret_files.put(folder, secret, value.rstrip("\r\n")))
    typer.echo(f"kept {secret.name}: {secret.meaning}")


@app.command(epilog="Example: hubnetz secrets show /secrets keycloak_admin_password")
def show(
    folder: Folder,
    name: Name,
    *,
    previous: Annotated[bool, typer.Option("--previous", help="The one before the last change.")] = False,
    waiting: Annotated[bool, typer.Option("--next", help="The one that waits to be taken.")] = False,
) -> None:
    """Prints the value of NAME."""
    secret = _named(name)
    which = secret_files.PREVIOUS if previous else secret_files.NEXT if waiting else ""
    typer.echo(_tried(lambda: secret_files.read(folder, secret, which)))


def _made(name: str) -> Secret:
    secret = _named(name)
    if secret.is_given:
        raise typer.BadParameter("is known to you alone: `put` the new one", param_hint="NAME")
    return secret


def _named(name: str) -> Secret:
    secret = secret_files.find(name)
    if secret is None:
        raise typer.BadParameter(f"expected one of {', '.join(secret.name for secret in SECRETS)}", param_hint="NAME")
    return secret


def _tried(work: Callable[[], T]) -> T:
    try:
        return work()
    except SecretFileError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
