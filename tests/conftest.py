"""Which tests run beside each other: two workers by default, and each real server serves one of them."""

from typing import Final

import pytest
from hypothesis import settings

# How long a case takes says something of the machine, and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SERVERS: Final = ("neo4j", "meilisearch")


# Before the plugin reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Groups the tests for `--dist loadgroup`: those of a server together, as they empty it; of the others each module."""
    if not hasattr(config, "workerinput"):
        return
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    # The longest first, so that no worker is left alone with it at the end.
    items.sort(key=lambda item: groups[item] not in SERVERS)


def _group(item: pytest.Item) -> str:
    path = str(item.path.relative_to(item.config.rootpath))
    if path.startswith(("tests/faults/", "tests/e2e/")):
        # They start, stop and kill servers, and count on the machine's answering in time.
        return SERVERS[0]
    called = item.nodeid.partition("::")[2]
    return next((server for server in SERVERS if server in called or server in item.path.name), path)
