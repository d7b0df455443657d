"""Which tests run beside each other: two workers by default, and each real server serves one of them."""

import os
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# How long a case takes says something of the machine, and nothing of the code. A change is judged by the same cases as the
# one before it; whoever works on it meets others at each run.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("untimed")

SERVERS: Final = ("neo4j", "meilisearch")
LONG: Final = ("tests/pages/browser/", SERVERS[0])
"""Minutes each, however few tests they hold: they begin, the last of these first."""
SHORT: Final = "tests/unit/"
"""A moment each: with them at the end no worker waits long for the other."""


class ByServer(LoadScopeScheduling):  # type: ignore[misc] # xdist carries no types
    """Tests of a server go to one worker, as they empty it; of the others each module does. The longest begin."""

    def _split_scope(self, nodeid: str) -> str:
        module, _, called = nodeid.partition("::")
        if module.startswith(("tests/faults/", "tests/e2e/")):
            # They start, stop and kill servers, and count on the machine's answering in time.
            return SERVERS[0]
        return next((server for server in SERVERS if server in called or server in module), module)

    def _assign_work_unit(self, node: WorkerController) -> None:
        for scope in [scope for scope in self.workqueue if scope.startswith(SHORT)]:
            self.workqueue.move_to_end(scope)
        for long in LONG:
            for scope in [scope for scope in self.workqueue if scope.startswith(long)]:
                self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    return ByServer(config, log)
