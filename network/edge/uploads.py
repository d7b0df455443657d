"""Tables as a browser uploads them: the few addresses that take them, how large they may be, and how their form is read.

Nowhere else is a form with a file taken, nor a body over `MAX_BODY_BYTES`. How much comes is bounded before a byte of it is
kept (`network.edge.middleware`), and nothing is read of somebody who is not signed in.
"""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from network.errors import RequestError

MULTIPART: Final = "multipart/form-data"
PATHS: Final = frozenset({"/upload", "/en/upload"})
"""Take a form with a file."""
LARGE: Final = frozenset({*PATHS, *(f"{start}/upload/{end}" for start in ("", "/en") for end in ("rows", "take-over"))})
"""Take `MAX_BYTES`: the file, and the forms that bring its rows back."""
MAX_BYTES: Final = 2_097_152
"""Of the whole request."""
LIMIT: Final = "max_table_bytes"
_MAX_FIELDS: Final = 10
_MAX_FIELD_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A form: its fields, each with every value, and the file; b"" where none was chosen."""

    fields: dict[str, list[str]]
    file: bytes = b""


async def read_upload(request: Request) -> Uploaded:
    """The form, which has one file at most.

    Raises:
        RequestError: it is none, it ends early, or it has more in it.
    """
    fields: dict[str, list[str]] = {}
    file = b""
    try:
        async with request.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    file = await value.read()
                else:
                    fields.setdefault(name, []).append(value)
    except (ClientDisconnect, HTTPException, MultiPartException) as error:
        raise RequestError(f"The form: expected one file and at most {_MAX_FIELDS} short fields.") from error
    return Uploaded(fields, file)
