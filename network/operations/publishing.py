"""What `hubnetz documents publish` does: reads documents from files, tries each against schema and limits, updates the manifest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from graphql import GraphQLSchema, OperationType

from network.limits import LimitExceededError, Limits
from network.operations import manifest
from network.operations.documents import Document, Documents, InvalidDocumentError
from network.operations.manifest import ManifestError, TrustedDocument, hash_of
from network.operations.operation_files import whole


class PublishingError(Exception):
    """Nothing was published; `problems` has a line for each reason."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a manifest. `unfit` names documents of earlier times that the schema does not fit any more."""

    added: tuple[TrustedDocument, ...]
    known: tuple[TrustedDocument, ...]
    removed: tuple[TrustedDocument, ...]
    unfit: tuple[str, ...]
    total: int


def publish(
    folders: Iterable[Path], path: Path, schema: GraphQLSchema, limits: Limits, *, replaces: bool = False
) -> Published:
    """Adds the `*.graphql` files that lie directly in `folders` to the manifest at `path`, which may be new.

    Args:
        replaces: What the folders do not hold goes; otherwise it stays, since older clients may send it still.

    Raises:
        PublishingError: a file cannot be published, or the manifest cannot be read; nothing was written.
        OSError: the manifest could not be written.
    """
    documents = Documents(schema, limits, has_suggestions=True)
    problems: list[str] = []
    found: dict[str, TrustedDocument] = {}
    for folder in folders:
        files = sorted(folder.glob("*.graphql"))
        if not files:
            problems.append(f"{folder}: no file *.graphql")
        for file in files:
            try:
                document = _read(file, documents, limits)
            except PublishingError as error:
                problems += error.problems
            else:
                found[document.id] = document
    before = _before(path, problems)
    if problems:
        raise PublishingError(problems)
    kept = {} if replaces else before
    manifest.write(path, {**kept, **found}.values())
    return Published(
        added=tuple(one for one in found.values() if one.id not in before),
        known=tuple(one for one in found.values() if one.id in before),
        removed=tuple(one for one in before.values() if one.id not in found) if replaces else (),
        unfit=tuple(_unfit(documents, limits, (one for one in kept.values() if one.id not in found))),
        total=len({**kept, **found}),
    )


def _before(path: Path, problems: list[str]) -> Mapping[str, TrustedDocument]:
    if not path.exists():
        return {}
    try:
        return manifest.read(path)
    except ManifestError as error:
        problems.append(str(error))
        return {}


def _read(file: Path, documents: Documents, limits: Limits) -> TrustedDocument:
    """The document of a file: its text to the last blank, so that its id is what `sha256sum` says of the file; with it the
    fragments that it shares with others (`network.operations.operation_files`).
    """
    try:
        text = whole(file)
    except OSError as error:
        raise PublishingError([f"{file}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise PublishingError([f"{file}: expected UTF-8"]) from error
    document = _fitting(str(file), text, documents, limits)
    if len(document.operations) != 1:
        raise PublishingError([f"{file}: expected one operation, got {len(document.operations)}"])
    ((name, operation),) = document.operations.items()
    if operation.type is OperationType.SUBSCRIPTION:
        raise PublishingError([f"{file}: this service has no subscriptions"])
    return TrustedDocument(hash_of(text), name or file.stem, operation.type.value, text)


def _fitting(where: str, text: str, documents: Documents, limits: Limits) -> Document:
    """The document, as a request for it would be let pass; how large its pages are may depend on what variables say."""
    try:
        document = documents.get(text)
        for operation in document.operations.values():
            operation.cost.check({}, limits, is_trusted=True)
    except InvalidDocumentError as error:
        places = (f":{one.locations[0].line}" if one.locations else "" for one in error.errors)
        raise PublishingError(
            f"{where}{place}: {one.message}" for place, one in zip(places, error.errors, strict=True)
        ) from error
    except LimitExceededError as error:
        raise PublishingError([f"{where}: {error}"]) from error
    return document


def _unfit(documents: Documents, limits: Limits, earlier: Iterable[TrustedDocument]) -> Iterable[str]:
    for one in earlier:
        try:
            _fitting(f"{one.name} ({one.id[:12]}…)", one.body, documents, limits)
        except PublishingError as error:
            yield error.problems[0]
