"""The port to what is known of people beside what their issuers tell; `graph/accounts/people.py` implements it."""

from typing import Protocol

from auth.principal import Principal


class People(Protocol):
    """Knows people again. Away, it raises errors of its own: nobody gets in with fewer rights than they have, or with more."""

    async def arrive(self, principal: Principal) -> Principal:
        """`principal` with the memberships by invitation that hold now; notes that they are here."""
        ...
