"""Every job by its name, and the running of one."""

from typing import Any

from graph.errors import GraphError
from network.errors import JobError
from network.jobs.job import FAILURE, MISUSE, Job, Output, Workplace
from search.errors import InvalidSearchRequestError, SearchError


async def run(place: Workplace, name: str, arguments: dict[str, Any], output: Output) -> int:
    """The exit code of the job `name`; whatever it foresees is an error line, never a traceback."""
    job = _jobs().get(name)
    if job is None:
        output.error(f"This server has no command {name!r}: it is of another version.")
        return MISUSE
    try:
        return await job(place, output, **arguments)
    except InvalidSearchRequestError as error:
        output.error(str(error))
        return MISUSE
    except (JobError, GraphError, SearchError) as error:
        output.error(str(error))
        return FAILURE


def _jobs() -> dict[str, Job]:
    # Schema and registers take their time to load, and `--help` runs no job.
    from network.jobs.accounts import ACCOUNT_JOBS
    from network.jobs.backup import BACKUP_JOBS
    from network.jobs.person import PERSON_JOBS
    from network.jobs.schema import SCHEMA_JOBS
    from network.jobs.search import search
    from network.jobs.transfer import TRANSFERS
    from network.jobs.upkeep import UPKEEP

    return {**UPKEEP, **TRANSFERS, **PERSON_JOBS, **SCHEMA_JOBS, **ACCOUNT_JOBS, **BACKUP_JOBS, "search": search}
