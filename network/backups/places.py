"""Where the embedded backends have their files: beside the composition root the one module that knows adapters of theirs."""

from pathlib import Path

from graph.copies import StoreFiles
from network.configuration.settings import Settings


def graph_files(settings: Settings) -> StoreFiles:
    """The files of the embedded graph, while no store has them open."""
    # An embedded database takes its time to load, and most commands copy none.
    from graph.backends.ladybug.copies import LadybugFiles

    return LadybugFiles(_folder(settings.graph_url))


def forget_index(settings: Settings) -> None:
    """Has an embedded index built anew at the next start; one on a server stays as it is."""
    if settings.is_search_embedded:
        from search.tantivy_files import forget

        forget(_folder(settings.search_url))


def _folder(url: str) -> Path:
    return Path(url.partition(":")[2])
