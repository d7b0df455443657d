"""Objects that are stored within a node: sources and contacts."""

from graph.values import PartialDate
from network.execution import attribute, value

# Stored as JSON: the engine reads their properties from the object, so no class of ours stands behind them.


@value(description="Where a statement comes from.", shareable=True)
class Source:
    publisher: str = attribute("Who published it.")
    url: str | None = attribute("Where it can be read; null where only publisher and date are known.")
    published: PartialDate | None = attribute("When it was published; null where unknown.")


@value(description="Whom to call or write to: a function or an office.", shareable=True)
class Contact:
    function: str = attribute("Function or office, as in `Leitung DigitalHub`.")
    email: str | None = attribute("E-mail address.")
    phone: str | None = attribute("Telephone number.")
    url: str | None = attribute("Web page with a form or an address.")
