"""Descriptions that several inputs share."""

from typing import Final

PROJECT_ID: Final = "Id of the project, as in `Project:0190…`."
ADOPTION_ID: Final = "Id of the adoption, as in `Adoption:0190…`."
EXPECTED_VERSION: Final = (
    "The `version` that the caller has seen: with another one stored nothing happens, and the answer is a `Conflict`. "
    "Left out, whatever is stored is changed."
)
TOPICS: Final = "Topics, by slug, as in `mobilitaet`; at most 50."
SERVICES: Final = "Administrative services, by their 14-digit key (LeiKa); at most 50."
REASON: Final = "Why, in German; it stays in the audit trail."
LICENCE: Final = "Licence, an SPDX expression as in `EUPL-1.2`."
VISIBILITY: Final = "Who may see it."
