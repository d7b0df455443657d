"""`hubnetz person`: what is kept of one person."""

from typing import Annotated, Any, Final

import typer

from network.cli import run

app: Final = typer.Typer(
    help="What is kept of one person: shows all of it, or takes it out everywhere (docs/personal-data.md).",
    no_args_is_help=True,
)

Email = Annotated[str | None, typer.Option(help="Her e-mail address; accounts that signed in with it are hers, too.")]
Issuer = Annotated[str | None, typer.Option(help="Issuer of her account, an address; with --subject.")]
Subject = Annotated[str | None, typer.Option(help="Her name at that issuer, as `viewer { subject }` tells it.")]
Texts = Annotated[
    list[str] | None,
    typer.Option("--text", help="What else names her and nobody else, e.g. the full name; may be given several times."),
]


@app.command(epilog="Example: hubnetz person export --email erika.muster@stadt.example > person.json")
def export(email: Email = None, issuer: Issuer = None, subject: Subject = None, text: Texts = None) -> None:
    """Prints everything about one person as JSON, for her."""
    _run("person_export", email, issuer, subject, text)


@app.command(epilog='Example: hubnetz person erase --email erika.muster@stadt.example --text "Erika Muster"')
def erase(
    email: Email = None,
    issuer: Issuer = None,
    subject: Subject = None,
    text: Texts = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Takes one person out of graph, index, audit trail, inboxes and mail. Close her account at its issuer first."""
    named = email or f"{subject} of {issuer}"
    if not yes:
        typer.confirm(f"Erase {named} everywhere? This cannot be taken back.", abort=True, err=True)
    _run("person_erase", email, issuer, subject, text)


def _run(job: str, email: str | None, issuer: str | None, subject: str | None, texts: list[str] | None) -> None:
    if email is None and (issuer is None or subject is None):
        raise typer.BadParameter("expected --email, or --issuer and --subject", param_hint="--email")
    arguments: dict[str, Any] = {"email": email, "issuer": issuer, "subject": subject, "texts": texts or []}
    raise typer.Exit(run.run(job, arguments))
