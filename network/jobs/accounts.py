"""Sample accounts are known by the address of the service, which is that of the server that runs, if one does."""

from typing import Final

from network.errors import JobError
from network.jobs.job import Job, Output, Workplace


async def sample_issuer(place: Workplace, output: Output) -> int:
    """Prints the issuer of the server's sample accounts."""
    if place.sample_issuer is None:
        raise JobError("The server that holds this data folder is in production, where there are no sample accounts.")
    output.line(place.sample_issuer)
    return 0


ACCOUNT_JOBS: Final[dict[str, Job]] = {"sample_issuer": sample_issuer}
