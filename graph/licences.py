"""Which licences there are: SPDX expressions (SPDX 3.0, annex B), whoever brings them: a form, a request, a file. Pure."""

import re
from typing import Final

from graph.errors import InvalidInputError

MAX_LICENCE: Final = 200
"""Characters; the longest expression in use names four or five licences."""

_FORM: Final = re.compile(r"[A-Za-z0-9.+\-() ]*")


def licence_of(text: str) -> str:
    """The expression as SPDX writes it: `eupl-1.2 or mit` is `EUPL-1.2 OR MIT`. What SPDX does not list is a `LicenseRef-…`.

    Raises:
        InvalidInputError: no such expression, or one that names a licence which SPDX does not list.
    """
    # Their list takes a tenth of a second to load, which no start has to wait for.
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if len(text) > MAX_LICENCE or not _FORM.fullmatch(text):
        raise InvalidInputError("expected an SPDX expression, as in EUPL-1.2")
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression as error:
        raise InvalidInputError(f"expected an SPDX expression, as in EUPL-1.2 ({error})") from error
