"""What is kept of one person, for whoever answers her: shown whole, or taken out everywhere."""

import json
from typing import Final

from graph.accounts import erasing
from graph.accounts import person as people
from graph.accounts.person import Person
from graph.errors import InvalidInputError
from network.errors import JobError
from network.jobs.job import FAILURE, Job, Output, Workplace


async def export(
    place: Workplace, output: Output, *, email: str | None, issuer: str | None, subject: str | None, texts: list[str]
) -> int:
    person = await _person(place, email, issuer, subject, texts)
    found = await people.export(place.graph, person, on_progress=output.progress)
    output.line(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


async def erase(
    place: Workplace, output: Output, *, email: str | None, issuer: str | None, subject: str | None, texts: list[str]
) -> int:
    """Exit code 1 where something of the person is left, which is named."""
    person = await _person(place, email, issuer, subject, texts)
    done = await erasing.erase(place.graph, person, on_progress=output.progress)
    # Not by following the outbox: parts of an index that were replaced lie in its files until they are merged.
    await place.indexer.full_rebuild()
    further = await place.graph.purge_deleted()
    output.line(
        f"Deleted: {_told(done.deleted)}. Changed: {_told(done.changed)}. Taken out of {done.searches} popular searches. "
        "The index was built anew."
    )
    if further is not None:
        output.line(f"→ {further}")
    if done.left:
        for place_left in done.left:
            output.error(f"Still there: {place_left}")
        output.error("Mend these by hand (an entry's own address, for instance), then run the command again.")
        return FAILURE
    output.line("Looked again through all records: nothing of this person is left.")
    return 0


async def _person(
    place: Workplace, email: str | None, issuer: str | None, subject: str | None, texts: list[str]
) -> Person:
    if (issuer is None) != (subject is None):
        raise JobError("An account is named by --issuer and --subject together.")
    identity = (issuer, subject) if issuer is not None and subject is not None else None
    try:
        return await people.identify(place.graph, email=email, identity=identity, texts=texts)
    except InvalidInputError as error:
        raise JobError(str(error)) from error


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {label}" for label, count in sorted(counts.items())) or "nothing"


PERSON_JOBS: Final[dict[str, Job]] = {"person_export": export, "person_erase": erase}
