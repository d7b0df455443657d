"""`hubnetz synonyms`: tries a file of synonyms before it is installed, and shows what a word is expanded to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from network.cli import run

if TYPE_CHECKING:
    # Reading them takes its time, and other commands need none.
    from search.thesaurus import Group, Thesaurus

app: Final = typer.Typer(
    help="Synonyms of the field: those that come with Hubnetz and your own of HUBNETZ_SYNONYMS.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command(epilog="Example: hubnetz synonyms check synonyms.yaml")
def check(
    file: Annotated[Path, typer.Argument(help="Your own synonyms, before you install them.")], *, as_json: Json = False
) -> None:
    """Says all that is wrong with a file of synonyms. Exit code 1 where something is."""
    from search.errors import ThesaurusError
    from search.synonym_files import read
    from search.thesaurus import Thesaurus

    problems: tuple[str, ...] = ()
    unknown: list[str] = []
    count = 0
    try:
        synonyms = read(file)
    except ThesaurusError as error:
        problems = error.problems
    else:
        count = len(synonyms.groups)
        shipped = Thesaurus.shipped()
        unknown = [synonyms.spelling[phrase] for phrase in synonyms.removed if not shipped.holds(phrase)]
    if as_json:
        typer.echo(json.dumps({"problems": problems, "groups": count, "unknown": unknown}, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(problem)
        for entry in unknown:
            typer.echo(f"note: {entry!r} is in no group that comes with Hubnetz; there is nothing to remove")
        wrong, groups = _counted(len(problems), "problem"), _counted(count, "group")
        typer.echo(f"{wrong} in {file}" if problems else f"{groups}, nothing wrong.")
    raise typer.Exit(1 if problems else 0)


@app.command(epilog="Example: hubnetz synonyms show Sperrmüll, or hubnetz synonyms show --file synonyms.yaml Sperrmüll")
def show(
    text: Annotated[str, typer.Argument(metavar="WORD", help="A word, or several in quotes.")],
    *,
    file: Annotated[Path | None, typer.Option(help="Your own synonyms, instead of those of HUBNETZ_SYNONYMS.")] = None,
    as_json: Json = False,
) -> None:
    """Shows what else is looked for when somebody searches for a word, and which group says so."""
    from search.errors import ThesaurusError
    from search.synonym_files import phrase_of, read
    from search.thesaurus import Thesaurus

    path = file or run.settings().synonyms_file
    thesaurus = Thesaurus.shipped()
    try:
        thesaurus = thesaurus if path is None else thesaurus.edited(read(path))
    except ThesaurusError as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        raise typer.Exit(1) from error
    groups = thesaurus.groups_of(phrase_of(text))
    if as_json:
        typer.echo(json.dumps([_as_json(thesaurus, group) for group in groups], ensure_ascii=False))
        return
    for group in groups:
        for line in _lines(thesaurus, group):
            typer.echo(line)
    if not groups:
        typer.echo(f"{text!r} is in no group: it is looked for as it is, with its forms and compounds.")


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _as_json(thesaurus: "Thesaurus", group: "Group") -> dict[str, Any]:
    lists = {"words": group.words, "related": group.related, "typed": group.typed}
    lists["further"] = tuple(dict.fromkeys(thesaurus.equals_of_related(group)))
    return {"source": group.source, **{key: list(map(thesaurus.spelled, lists[key])) for key in lists}}


def _lines(thesaurus: "Thesaurus", group: "Group") -> Iterator[str]:
    yield group.source
    further = tuple(dict.fromkeys(thesaurus.equals_of_related(group)))
    for sign, phrases in (("=", group.words), ("~", group.related), ("~~", further)):
        if phrases:
            yield f"  {sign} {', '.join(map(thesaurus.spelled, phrases))}"
