"""What all forms of the municipal register share: keys, kinds, names, and the checks of one administration. Pure."""

import re
from typing import Final

from graph.model import Municipality
from graph.values import PartialDate, Source
from graph.vocabulary import MunicipalityKind

STATES: Final = {
    "01": "Schleswig-Holstein",
    "02": "Hamburg",
    "03": "Niedersachsen",
    "04": "Bremen",
    "05": "Nordrhein-Westfalen",
    "06": "Hessen",
    "07": "Rheinland-Pfalz",
    "08": "Baden-Württemberg",
    "09": "Bayern",
    "10": "Saarland",
    "11": "Berlin",
    "12": "Brandenburg",
    "13": "Mecklenburg-Vorpommern",
    "14": "Sachsen",
    "15": "Sachsen-Anhalt",
    "16": "Thüringen",
}
"""First two digits of every key."""

MUNICIPALITY_KINDS: Final = {
    "Kreisangehörige Gemeinde": MunicipalityKind.GEMEINDE,
    "Stadt": MunicipalityKind.STADT,
    "Große Kreisstadt": MunicipalityKind.STADT,
    "Markt": MunicipalityKind.MARKT,
    "Kreisfreie Stadt": MunicipalityKind.KREISFREIE_STADT,
    "Stadtkreis": MunicipalityKind.KREISFREIE_STADT,
    "Gemeindefreies Gebiet, bewohnt": MunicipalityKind.GEMEINDEFREIES_GEBIET,
}
ASSOCIATION_KINDS: Final = {
    "Amt": MunicipalityKind.AMT,
    "Kirchspielslandgemeinde": MunicipalityKind.AMT,
    "Samtgemeinde": MunicipalityKind.SAMTGEMEINDE,
    "Verbandsgemeinde": MunicipalityKind.VERBANDSGEMEINDE,
    "Verwaltungsgemeinschaft": MunicipalityKind.VERWALTUNGSGEMEINSCHAFT,
    "erfüllende Gemeinde": MunicipalityKind.VERWALTUNGSGEMEINSCHAFT,
    "Verwaltungsverband": MunicipalityKind.VERBAND,
}
DISTRICT_KINDS: Final = {
    "Kreis": MunicipalityKind.KREIS,
    "Landkreis": MunicipalityKind.KREIS,
    "Regionalverband": MunicipalityKind.KREIS,
    "kreisfreie Stadt": MunicipalityKind.KREISFREIE_STADT,
    "Stadtkreis": MunicipalityKind.KREISFREIE_STADT,
}

_SELF_EXPLAINING: Final = re.compile(
    r"kreis|\(VGem\)|^(?:VVG|GVV|VG|Region|Städteregion|Regionalverband|Amt|Samtgemeinde|Verbandsgemeinde)\b",
    re.IGNORECASE,
)
_DESTATIS: Final = "Statistisches Bundesamt (Destatis), GV-ISys"
_GAZETTEER: Final = "https://www.destatis.de/DE/Themen/Laender-Regionen/Regionales/Gemeindeverzeichnis/_inhalt.html"


def register_source(as_of: PartialDate | None = None) -> Source:
    """The register as a source; `as_of` is the date of its territory, if the file says it."""
    return Source(_DESTATIS, _GAZETTEER, as_of)


def states(source: Source) -> list[Municipality]:
    """The sixteen Länder, which no row of a CSV file lists."""
    return [
        Municipality(ars=key, name=name, kind=MunicipalityKind.LAND, state=name, sources=(source,))
        for key, name in STATES.items()
    ]


def full_name(kind: str, name: str) -> str:
    """`name` as people say it: the register calls an Amt "Breitenburg", like the municipality in it."""
    name = " ".join(name.split())
    if kind in ("kreisfreie Stadt", "Stadtkreis") or _SELF_EXPLAINING.search(name):
        return name
    word = "Amt" if kind == "Kirchspielslandgemeinde" else kind
    return f"{word[0].upper()}{word[1:]} {name}"


def key_problem(ars: str, digits: int) -> str | None:
    """Why `ars` is no key of that many digits, or None."""
    if not re.fullmatch(rf"[0-9]{{{digits}}}", ars):
        return f"expected {digits} digits, got {ars[:40]!r}"
    return None if ars[:2] in STATES else f"no state has the key {ars[:2]}"
