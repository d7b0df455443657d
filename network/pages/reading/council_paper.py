"""A council paper made of what Hubnetz knows of a project: headings, statements, and blanks for what only the council's house knows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from graph.vocabulary import IN_REUSE, AdoptionStatus
from network.pages.frame.addresses import external
from network.pages.frame.formats import formats
from network.pages.frame.freshness import is_changed, sources_day
from network.pages.frame.language import Language, message, translations
from network.pages.frame.spoken import others_words
from network.pages.reading.whom_to_call import Desk, takes_part, whom_to_call
from network.words import WORDS

Data = Mapping[str, Any]
MOST_ALTERNATIVES: Final = 3
_REPORT: Final = 400
"""Characters of an experience report that are quoted."""
_KEPT_INSIDE: Final = ("oneOffCost", "yearlyCost", "ownShare", "lessonsLearned", "whatFailed")
_INSIDE: Final = message("nur im Netzwerk, vor Veröffentlichung klären")
_ADOPTIONS: Final = ("confirmedAdoptions", "declaredAdoptions", "endedAdoptions")
_NONE: Final[Data] = {"totalCount": 0, "edges": []}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value; None: to be filled in."""

    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Blank:
    """Something that whoever hands the paper in writes; `hint` says what."""

    hint: str


Block = Text | Item | Fact | Blank
"""Texts mark what is German amid another language (`spoken`)."""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]

    def groups(self) -> list[tuple[str, list[Block]]]:
        """Neighbours of one kind together, by the name of the kind: a list is one list, not many."""
        return [(kind, list(blocks)) for kind, blocks in groupby(self.blocks, key=lambda block: type(block).__name__)]


@dataclass(frozen=True, slots=True)
class Paper:
    """`draft` says what the paper was made from, and when."""

    title: str
    draft: str
    head: tuple[Fact, ...]
    sections: tuple[Section, ...]


def public_part(project: Data) -> Data:
    """What may be said of a project that only the network sees, until its houses are asked: nothing that a field keeps inside."""
    return {**project, **dict.fromkeys(_KEPT_INSIDE), **dict.fromkeys(_ADOPTIONS, _NONE)}


def council_paper(
    project: Data,
    others: list[Data],
    *,
    public: Data | None,
    public_others: list[Data],
    language: Language,
    address: str,
    today: str,
) -> Paper:
    """The paper about `project`, with the projects `others` as alternatives.

    Papers of councils are published. Whatever `public` and `public_others`, the same as everybody reads them, do not say is
    marked as something to clear first; so is the whole where nobody else reads of the project (`public` is None).
    """
    made = _Maker(project, others, public or public_part(project), public_others, language)
    _ = made.say
    draft = _(
        "Entwurf, aus Hubnetz erstellt am %(day)s. Grundlage: %(address)s. Bitte prüfen und ergänzen, was mit […] markiert ist."
    )
    draft %= {"day": made.day(today), "address": address}
    if public is None:
        kept = _(
            "Den Eintrag sieht nur das Netzwerk: Klären Sie vor einer Veröffentlichung, was daraus in die Vorlage darf."
        )
        draft = f"{draft} {kept}"
    return Paper(
        title=_("Beschlussvorlage: Nachnutzung von „%(title)s“") % {"title": made.others(project["title"])},
        draft=draft,
        head=tuple(
            Fact(label, None) for label in (_("Gremium"), _("Sitzung am"), _("Vorlage Nr."), _("Federführendes Amt"))
        ),
        sections=tuple(Section(heading, tuple(blocks)) for heading, blocks in made.sections()),
    )


class _Maker:
    """Writes the sections in one language."""

    def __init__(
        self, project: Data, others: list[Data], public: Data, public_others: list[Data], language: Language
    ) -> None:
        self._project = project
        self._public = public
        self._public_others = {one["slug"]: one for one in public_others}
        self._others = others[:MOST_ALTERNATIVES]
        self._known = translations(language)
        shown = formats(language)
        self.say: Callable[[str], str] = self._known.gettext
        self.others: Callable[[str], str] = others_words(language)
        self.day: Callable[[str | None], str] = shown["day"]
        self._day_of: Callable[[str | None], str] = shown["day_of"]
        self._euro: Callable[[int | None], str] = shown["euro"]

    def sections(self) -> Iterator[tuple[str, Iterator[Block]]]:
        _ = self.say
        yield _("Beschlussvorschlag"), self._decision()
        yield _("Sachverhalt"), self._matter()
        yield _("Alternativen"), self._alternatives()
        yield _("Bestätigte Nachnutzung"), self._reuse()
        yield _("Kosten einmalig und jährlich"), self._costs()
        yield _("Förderung"), self._funding()
        yield _("Personalaufwand"), self._effort()
        yield _("Recht und Datenschutz"), self._law()
        yield _("Quellen und Stand"), self._sources()

    def _decision(self) -> Iterator[Block]:
        _ = self.say
        yield Blank(_("Was der Rat beschließen soll, mit Betrag und Frist"))

    def _matter(self) -> Iterator[Block]:
        _, project = self.say, self._project
        if project["summary"]:
            yield Text(self._known_as("summary", self.others(project["summary"])))
        yield Fact(_("Zustand"), self._word("OperatingStatus", project["status"]))
        yield Fact(_("Zeitraum"), self._period())
        yield Fact(_("Betrieben von"), self.others(project["owner"]["name"]) if project["owner"] else None)
        partners = _partners(project)
        if partners:
            yield Fact(
                _("Beteiligt"), self._marked(self.others("; ".join(partners)), partners != _partners(self._public))
            )
        if project["lessonsLearned"]:
            yield Fact(_("Was gelernt wurde"), self._known_as("lessonsLearned", self.others(project["lessonsLearned"])))
        if project["whatFailed"]:
            yield Fact(_("Was schiefging"), self._known_as("whatFailed", self.others(project["whatFailed"])))
        yield Blank(_("Anlass und Bedarf in unserem Haus"))

    def _alternatives(self) -> Iterator[Block]:
        _ = self.say
        for project in self._others:
            told = [self._word("OperatingStatus", project["status"])]
            if project["owner"]:
                told.insert(0, self.others(project["owner"]["name"]))
            if project["costBand"]:
                told.append(_("einmalig %(sum)s") % {"sum": self._word("CostBand", project["costBand"])})
            told.append(self._houses(project["confirmedAdoptions"]["totalCount"]))
            is_inside = self._public_others.get(project["slug"]) != project
            yield Item(self._marked(f"{self.others(project['title'])} ({'; '.join(told)})", is_inside))
        yield Blank(_("Weitere Alternativen, auch eigene Entwicklung oder Verzicht"))

    def _reuse(self) -> Iterator[Block]:
        _, project = self.say, self._project
        confirmed, declared = project["confirmedAdoptions"], _running(project["declaredAdoptions"])
        if not confirmed["totalCount"]:
            yield Text(_("Noch keine bestätigte Nachnutzung."))
        for edge in confirmed["edges"]:
            yield from self._adoption(edge["node"])
        left = confirmed["totalCount"] - len(confirmed["edges"])
        if left > 0:
            yield Text(
                self._known.ngettext("und ein weiteres Haus", "und %(count)s weitere Häuser", left) % {"count": left}
            )
        if declared:
            text = self._known.ngettext(
                "Ein weiteres Haus gibt an, es nachzunutzen; bestätigt ist das nicht.",
                "%(num)s weitere Häuser geben an, es nachzunutzen; bestätigt ist das nicht.",
                declared,
            )
            is_inside = declared != _running(self._public["declaredAdoptions"])
            yield Text(self._marked(text % {"num": declared}, is_inside))
        ended = project["endedAdoptions"]["edges"]
        if ended:
            yield Text(self._marked(_("Nicht mehr genutzt von:"), not self._public["endedAdoptions"]["edges"]))
        for edge in ended:
            yield from self._adoption(edge["node"])

    def _adoption(self, adoption: Data) -> Iterator[Block]:
        _ = self.say
        everybody = next(
            (
                edge["node"]
                for name in ("confirmedAdoptions", "endedAdoptions")
                for edge in self._public[name]["edges"]
                if edge["node"]["id"] == adoption["id"]
            ),
            None,
        )
        told = self._progress(adoption)
        if adoption["cost"] is not None:
            cost = _("Kosten: %(sum)s") % {"sum": self._euro(adoption["cost"])}
            told.append(self._marked(cost, everybody is not None and everybody["cost"] != adoption["cost"]))
        house = adoption["house"]
        name = self.others(house["name"]) if house else _("Ein Haus, das nicht genannt werden möchte")
        yield Item(self._marked(f"{name}: {', '.join(told)}", everybody is None))
        if adoption["reasonEnded"]:
            is_inside = everybody is None or everybody["reasonEnded"] != adoption["reasonEnded"]
            reason = _("Warum beendet: %(reason)s") % {"reason": self.others(_short(adoption["reasonEnded"]))}
            yield Text(self._marked(reason, is_inside))
        public = {report["id"] for report in everybody["reports"]} if everybody else set()
        for report in adoption["reports"][:2]:
            yield Text(self._marked(f"„{self.others(_short(report['text']))}“", report["id"] not in public))

    def _progress(self, adoption: Data) -> list[str]:
        """As `components/reuse.html` says it."""
        _ = self.say
        since, ended = (self.day(adoption[name]) if adoption[name] else "" for name in ("since", "ended"))
        if adoption["status"] != AdoptionStatus.RETIRED or not (since or ended):
            told = [self._word("AdoptionStatus", adoption["status"])]
            dates = (("seit %(day)s", since), ("bis %(day)s", ended))
            return told + [_(text) % {"day": day} for text, day in dates if day]
        if not ended:
            return [_("genutzt ab %(since)s, nicht mehr im Einsatz") % {"since": since}]
        if since and since != ended:
            return [_("genutzt von %(since)s bis %(ended)s") % {"since": since, "ended": ended}]
        return [_("genutzt bis %(ended)s") % {"ended": ended}]

    def _costs(self) -> Iterator[Block]:
        _, project = self.say, self._project
        one_off = self._known_as("oneOffCost", self._euro(project["oneOffCost"]))
        one_off = one_off or self._word("CostBand", project["costBand"])
        yield Text(_("Nach Angabe des Betreibers; für unser Haus ist neu zu rechnen."))
        yield Fact(_("Kosten einmalig"), one_off or None)
        yield Fact(_("Kosten im Jahr"), self._known_as("yearlyCost", self._euro(project["yearlyCost"])) or None)
        if project["ownShare"] is not None:
            yield Fact(_("Eigener Anteil"), self._known_as("ownShare", self._euro(project["ownShare"])))
        yield Blank(_("Kosten in unserem Haus einmalig und im Jahr, Deckung, Haushaltsstelle"))

    def _funding(self) -> Iterator[Block]:
        _, project = self.say, self._project
        for one in project["fundingProgrammes"]:
            told = [self.others(one[name]) for name in ("funder", "quota") if one[name]]
            if one["deadline"]:
                told.append(_("Anträge bis %(day)s") % {"day": self.day(one["deadline"])})
            name, known = self.others(one["name"]), "; ".join(told)
            yield Item(f"{name} ({known})" if known else name)
        if project["fundingReference"]:
            yield Fact(_("Förderkennzeichen"), project["fundingReference"])
        if not project["fundingProgrammes"]:
            yield Text(_("Ob das Projekt gefördert wurde, ist nicht bekannt."))
        yield Blank(_("Förderung, die unser Haus beantragen kann"))

    def _effort(self) -> Iterator[Block]:
        _, days = self.say, self._project["effortDays"]
        text = None if days is None else self._known.ngettext("1 Arbeitstag", "%(num)s Arbeitstage", days)
        yield Fact(_("Aufwand beim Betreiber"), None if text is None else text % {"num": days})
        yield Fact(_("Voraussetzungen"), self.others(self._project["prerequisites"] or "") or None)
        yield Blank(_("Aufwand in unserem Haus: Einführung, Betrieb, Schulung, Vertretung"))

    def _law(self) -> Iterator[Block]:
        _, project = self.say, self._project
        yield Fact(_("Rechtsgrundlage"), self.others(project["legalBasis"] or "") or None)
        yield Fact(_("Lizenz"), project["licence"] or None)
        for one in project["documents"]:
            address = external(one["url"])
            kind = self._word("DocumentKind", one["kind"])
            text = f"{kind}: {self.others(one['title'])}{f' ({address})' if address else ''}"
            yield Item(self._marked(text, one not in self._public["documents"]))
        yield Blank(_("Datenschutz: Verarbeitungstätigkeit, Auftragsverarbeitung, Folgenabschätzung; Vergabe"))

    def _sources(self) -> Iterator[Block]:
        _, project = self.say, self._project
        for source in project["sources"]:
            address, published = external(source["url"]), self.day(source["published"])
            publisher = self.others(source["publisher"] or "")
            yield Item(", ".join(text for text in (publisher, published, address) if text))
        origin = self._word("Origin", project["origin"])
        yield Fact(_("Herkunft des Eintrags"), origin)
        confirmed = self._day_of(project["confirmedAt"])
        yield Fact(_("Zuletzt bestätigt"), confirmed or _("noch von niemandem bestätigt"))
        if day := sources_day(project):
            yield Fact(_("Stand der Quellen"), self.day(day))
        if is_changed(project):
            yield Fact(_("Zuletzt geändert"), self._day_of(project["updatedAt"]))
        if project["note"]:
            yield Text(self._known_as("note", self.others(project["note"])))
        called = self._called(project)
        yield Fact(_("Ansprechstelle"), called and self._marked(called, called != self._called(self._public)))

    def _called(self, project: Data) -> str | None:
        called = whom_to_call(project)
        if called.desk is Desk.NETWORK or called.contact is None:
            return None
        whose = self.others(called.house["name"]) if called.house else None
        contact = called.contact
        function = self.others(contact["function"] or "")
        told = (whose, function, contact["phone"], contact["email"], external(contact["url"]))
        return ", ".join(text for text in told if text)

    def _period(self) -> str | None:
        _ = self.say
        started, ended = self._project["started"], self._project["ended"]
        if started and ended:
            return f"{self.day(started)} {_('bis')} {self.day(ended)}"
        if started:
            return _("seit %(day)s") % {"day": self.day(started)}
        return _("bis %(day)s") % {"day": self.day(ended)} if ended else None

    def _houses(self, count: int) -> str:
        _ = self.say
        text = self._known.ngettext("1 Haus nutzt es nach", "%(num)s Häuser nutzen es nach", count)
        return text % {"num": count} if count else _("noch keine bestätigte Nachnutzung")

    def _known_as(self, name: str, text: str) -> str:
        """`text`, which says what the field `name` holds, marked where not everybody reads that field."""
        return self._marked(text, self._project[name] != self._public[name])

    def _marked(self, text: str, is_inside: bool) -> str:
        if not is_inside or not text:
            return text
        return f"{text} [{self.say(_INSIDE)}]"

    def _word(self, vocabulary: str, value: str | None) -> str:
        if value is None:
            return ""
        word = WORDS[vocabulary].get(value)
        return value if word is None else self.say(word)


def _partners(project: Data) -> list[str]:
    return [edge["node"]["name"] for edge in project["houses"]["edges"] if takes_part(edge)][:15]


def _running(adoptions: Data) -> int:
    """How many of them are in pilot or in use."""
    return sum(edge["node"]["status"] in IN_REUSE for edge in adoptions["edges"])


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _REPORT else f"{words[: _REPORT - 1].rstrip()}…"
