"""Names of the model and names of the API."""


def camel_case(name: str) -> str:
    """`one_off_cost` as `oneOffCost`."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
