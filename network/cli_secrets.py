"""`hubnetz secrets`: passwords and keys that a deployment makes for itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from network import secret_files
from network.cli_run import console
from network.secret_files import SECRETS, Secret, SecretFileError

app: Final = typer.Typer(
    help="Passwords and keys that a deployment makes for itself at its first start (docs/deployment.md).",
    no_args_is_help=True,
)
T = TypeVar("T")

Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False, help="The folder that holds them.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help=f"{', '.join(secret.name for secret in SECRETS)}.")]


@app.command(epilog="Example: hubnetz secrets make /secrets")
def make(folder: Folder) -> None:
    """Writes what is missing, changes nothing that is there, and hands out copies under DIR/for/. Prints names alone."""
    made = _tried(lambda: secret_files.make(folder))
    for secret in SECRETS:
        typer.echo(f"{'new ' if secret.name in made else 'kept'} {secret.name}: {secret.meaning}")
    typer.echo(f"Keep {folder} with your backups, and apart from them: what is stored cannot be used without it.")


@app.command(epilog="Example: hubnetz secrets rotate /secrets secret_keys")
def rotate(folder: Folder, name: Name) -> None:
    """Puts a new value in the place of NAME; docs/deployment.md says who has to be told of it, and in which order."""
    secret = _named(name)
    _tried(lambda: secret_files.rotate(folder, secret))
    typer.echo(f"new  {secret.name}: {secret.meaning}")


@app.command(epilog="Example: hubnetz secrets show /secrets keycloak_admin_password")
def show(
    folder: Folder,
    name: Name,
    *,
    previous: Annotated[bool, typer.Option("--previous", help="The one before the last change.")] = False,
) -> None:
    """Prints the value of NAME."""
    secret = _named(name)
    typer.echo(_tried(lambda: secret_files.read(folder, secret, is_previous=previous)))


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
