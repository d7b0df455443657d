"""German words for the closed vocabularies, as texts of the catalogue."""

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "OperatingStatus": {
        "IDEA": "Idee",
        "PLANNED": "geplant",
        "PILOT": "im Test",
        "RUNNING": "läuft",
        "ESTABLISHED": "verstetigt",
        "ENDED": "abgeschlossen",
        "DISCONTINUED": "abgebrochen",
        "UNKNOWN": "unbekannt",
    },
    "Stage": {
        "DRAFT": "Entwurf",
        "SUBMITTED": "zur Prüfung eingereicht",
        "CHANGES_REQUESTED": "Änderungen erbeten",
        "PUBLISHED": "veröffentlicht",
        "WITHDRAWN": "zurückgezogen",
        "ARCHIVED": "archiviert",
    },
    "Visibility": {"PRIVATE": "nur Beteiligte", "NETWORK": "nur im Netzwerk", "PUBLIC": "öffentlich"},
    "Origin": {
        "COMPILED": "aus öffentlichen Quellen zusammengestellt",
        "REGISTERED": "von einem Haus des Netzwerks eingetragen",
        "IMPORTED": "aus einem anderen Verzeichnis übernommen",
    },
    "HubStatus": {"PLANNED": "geplant", "OPEN": "geöffnet", "CLOSED": "geschlossen"},
    "MunicipalityKind": {
        "GEMEINDE": "Gemeinde",
        "MARKT": "Markt",
        "STADT": "Stadt",
        "KREISFREIE_STADT": "Kreisfreie Stadt",
        "GEMEINDEFREIES_GEBIET": "Gemeindefreies Gebiet",
        "AMT": "Amt",
        "SAMTGEMEINDE": "Samtgemeinde",
        "VERBANDSGEMEINDE": "Verbandsgemeinde",
        "VERWALTUNGSGEMEINSCHAFT": "Verwaltungsgemeinschaft",
        "VERBAND": "Verband",
        "KREIS": "Kreis",
        "LAND": "Land",
    },
    "SizeClass": {
        "UNDER_2000": "unter 2.000 Einwohner",
        "UNDER_5000": "2.000 bis 4.999 Einwohner",
        "UNDER_20000": "5.000 bis 19.999 Einwohner",
        "UNDER_100000": "20.000 bis 99.999 Einwohner",
        "ABOVE": "ab 100.000 Einwohner",
    },
    "CostBand": {
        "UNDER_5_000": "unter 5.000 €",
        "UNDER_25_000": "5.000 bis 25.000 €",
        "UNDER_100_000": "25.000 bis 100.000 €",
        "UNDER_500_000": "100.000 bis 500.000 €",
        "ABOVE": "ab 500.000 €",
    },
    "AdoptionStatus": {
        "INTERESTED": "interessiert",
        "PILOT": "im Test",
        "IN_USE": "im Einsatz",
        "RETIRED": "nicht mehr im Einsatz",
    },
    "NeedKind": {"SEEKS": "sucht", "OFFERS": "bietet"},
    "NeedStatus": {"OPEN": "offen", "MATCHED": "gefunden", "CLOSED": "geschlossen"},
    "EventStatus": {"PLANNED": "geplant", "HELD": "hat stattgefunden", "CANCELLED": "abgesagt", "UNKNOWN": "offen"},
    "House": {"Hub": "Hub", "Municipality": "Kommune", "University": "Hochschule", "Organisation": "Organisation"},
    "FacetName": {
        "TOPIC": "Thema",
        "HUB": "Hub",
        "HOUSE": "Haus",
        "MUNICIPALITY": "Kommune",
        "STATE": "Land",
        "SIZE_CLASS": "Größe der Kommune",
        "STATUS": "Stand",
        "LICENCE": "Lizenz",
        "SERVICE": "Leistung",
        "FUNDING": "Förderung",
        "YEAR": "Jahr",
    },
    "SearchOrder": {
        "RELEVANCE": "Beste Treffer zuerst",
        "REUSE": "Am häufigsten nachgenutzt",
        "NEWEST": "Neueste zuerst",
        "TITLE": "Nach Titel",
    },
    "ResultKind": {"publication": "Veröffentlichung", "data": "Daten", "software": "Software"},
    "DocumentKind": {
        "contract": "Vertrag",
        "tender": "Ausschreibung",
        "data protection": "Datenschutz",
        "questionnaire": "Fragebogen",
        "council decision": "Beschluss",
        "strategy": "Strategie",
    },
    "LetterKind": {"TASK": "E-Mails zu Aufgaben", "DIGEST": "Zusammenfassungen"},
    "MembershipKind": {
        "hub_lead": "Hub-Leitung",
        "hub_member": "Hub-Mitarbeit",
        "reviewer": "Prüfung",
        "municipality": "Kommune",
        "university": "Hochschule",
        "organisation": "Organisation",
        "network_admin": "Netzverwaltung",
    },
}
"""Name of the vocabulary -> value -> word. Values that are missing show as they are."""


def texts() -> list[str]:
    """Every word, for the catalogue."""
    return [word for words in WORDS.values() for word in words.values()]
