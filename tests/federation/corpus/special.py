"""Written operations: each of one part of the language or of our schema that a router may get wrong."""

from collections.abc import Mapping
from typing import Any, Final

from tests.federation.corpus.town import AMT, SERVICE, TOPIC, TOWN, UNIVERSITY

_Given = Mapping[str, Any]
_MEMBERS: Final = ("member", "lead", "amt")

ANSWERED: Final[dict[str, tuple[tuple[str, ...], str, _Given]]] = {
    # The language.
    "aliases": (
        ("anonymous", "lead"),
        """{ one: hub(slug: "zeitz") { called: name first: projects(first: 1) { n: totalCount edges { it: node { title } } }
            second: projects(first: 2) { edges { it: node { s: slug h: hub { called: name } } } } }
            two: hub(slug: "wilster") { called: name first: projects(first: 1) { edges { it: node { t: title } } } } }""",
        {},
    ),
    "same-field-twice": (
        ("anonymous",),
        """{ hub(slug: "zeitz") { name } hub(slug: "zeitz") { town projects(first: 2) { totalCount } name }
            ... on Query { hub(slug: "zeitz") { projects(first: 2) { edges { node { title } } } } } }""",
        {},
    ),
    "named-fragments": (
        ("anonymous", "member"),
        """query Houses { hub(slug: "zeitz") { ...H partners { edges { role node { ...H } } } projects(first: 3) { edges {
            node { ...P derivatives { edges { node { ...P } } } } } } } }
            fragment H on House { __typename id name ... on University { domain } ... on Organisation { kind } }
            fragment P on Project { title owner { ...H } houses(first: 2) { edges { node { ...H } } } }""",
        {},
    ),
    "fragments-on-interfaces": (
        ("anonymous", "member"),
        f"""query ($ids: Boolean = true) {{
            a: node(id: "{TOWN}") {{ ... on House {{ name ... on Municipality {{ ars ... on Node {{ id @include(if: $ids) }} }} }} }}
            b: node(id: "{UNIVERSITY}") {{ ... on House {{ __typename name ... on University {{ projects {{ totalCount }} }} }} }}
            c: node(id: "Topic:{TOPIC}") {{ __typename ... on House {{ name }} ... on Topic {{ nameDe }} ... on Project {{ title }} }} }}""",
        {},
    ),
    "typename-everywhere": (
        ("anonymous", "member"),
        """{ __typename hubs(first: 3) { __typename pageInfo { __typename hasNextPage } edges { __typename cursor node { __typename
            status projects(first: 2) { __typename edges { __typename node { __typename title owner { __typename }
            topics { __typename } contact { __typename function } sources { __typename publisher } } } } } } } }""",
        {},
    ),
    "only-typename-of-an-entity": (
        ("anonymous",),
        """{ projects(first: 5) { edges { node { slug owner { __typename } hub { __typename } topics { __typename } } } } }""",
        {},
    ),
    "skip-and-include": (
        ("anonymous", "lead"),
        """query ($yes: Boolean!, $no: Boolean!) { hub(slug: "zeitz") { name @include(if: $yes) town @skip(if: $yes)
            projects(first: 2) @skip(if: $no) { totalCount edges { node { title hub @include(if: $yes) @skip(if: $no) { name } } } }
            events(first: 1) @include(if: $no) { totalCount } ... @include(if: $yes) { needs(first: 1) { totalCount } } }
            topics(first: 2) @skip(if: $yes) { totalCount } }""",
        {"yes": True, "no": False},
    ),
    "key-that-is-skipped": (
        ("anonymous",),
        """query ($yes: Boolean! = true) { project(slug: "zeitz-parkleitsystem") { slug } hub(slug: "zeitz") {
            id @skip(if: $yes) name projects(first: 1) { totalCount } } }""",
        {},
    ),
    "key-that-is-not-included": (
        ("anonymous",),
        """query ($no: Boolean! = false) { hub(slug: "zeitz") { name } node(id: "Topic:mobilitaet") { ... on Topic {
            id @include(if: $no) nameDe projects(first: 1) { totalCount } } } }""",
        {},
    ),
    "key-under-another-name": (
        ("anonymous",),
        """{ project(slug: "zeitz-parkleitsystem") { slug }
            hub(slug: "zeitz") { id: name projects(first: 1) { pageInfo { hasPreviousPage } } } }""",
        {},
    ),
    "keys-under-other-names": (
        ("anonymous", "member"),
        """{ hub(slug: "zeitz") { key: id called: slug projects(first: 1) { totalCount edges { node { number: id of: slug
            hub { by: slug name } } } } } }""",
        {},
    ),
    "include-by-literal": (
        ("anonymous",),
        """{ hub(slug: "zeitz") { name @include(if: true) slug @skip(if: false) needs @include(if: false) { totalCount }
            ...F @include(if: true) } } fragment F on Hub { projects(first: 1) { totalCount } }""",
        {},
    ),
    "variables-with-defaults": (
        ("anonymous",),
        """query ($first: Int! = 2, $filter: ProjectFilter = {hub: "zeitz"}, $order: ProjectOrder! = STARTED_DESC) {
            projects(first: $first, filter: $filter, orderBy: $order) { totalCount edges { node { title started hub { name } } } } }""",
        {},
    ),
    "variables-left-out-and-null": (
        ("anonymous",),
        """query ($filter: HubFilter, $after: String, $state: String) { hubs(filter: $filter, first: 2, after: $after) {
            totalCount edges { node { name } } } municipalities(filter: {state: $state, namePrefix: "amt"}, first: 2) {
            edges { node { name projects { totalCount } } } } }""",
        {"after": None},
    ),
    "variables-in-entities": (
        ("anonymous", "member"),
        """query ($n: Int!, $m: Int!) { hub(slug: "zeitz") { projects(first: $n) { edges { node { title
            municipalities(first: $m) { edges { node { name similar(first: $n) { shared } } } } } } } } }""",
        {"n": 3, "m": 2},
    ),
    "variables-as-input-objects": (
        ("anonymous", "member"),
        """query ($search: SearchFilter, $project: ProjectFilter) {
            search(query: "parken", filter: $search, facets: [STATE]) { edges { node { slug owner { name } } } }
            projects(filter: $project, first: 3) { edges { node { slug hub { name } } } } }""",
        {"search": {"state": ["Sachsen-Anhalt"], "topic": [TOPIC]}, "project": {"topic": TOPIC, "status": "PILOT"}},
    ),
    "one-value-for-a-list": (
        ("anonymous",),
        """query ($topic: [String!]) { search(query: "parken", filter: {topic: $topic}, facets: TOPIC) { totalCount
            facets { name values { value count } } } }""",
        {"topic": TOPIC},
    ),
    "several-operations-in-one-document": (
        ("anonymous",),
        """query Only { hub(slug: "zeitz") { name projects(first: 1) { edges { node { title } } } } }""",
        {},
    ),
    "texts-with-every-sign": (
        ("anonymous",),
        '''query ($text: String!) { search(query: $text) { totalCount didYouMean missingWords }
            other: search(query: """ "park" & <b>ä\\n\\\\ö</b> 🚲 """) { totalCount missingWords relaxed { label } }
            hub(slug: "zeitz") { name projects(first: 1) { totalCount } } }''',
        {"text": 'Straße "Größe" \\ 🅿️ \u2028 %00 <script>'},
    ),
    "comments-and-commas": (
        ("anonymous",),
        """# Ein Hub
        query,Comma($slug:String!="zeitz"){#so
        hub(slug:$slug){name,,projects(first:1,){edges{node{title}}}}}""",
        {},
    ),
    # Values.
    "enums": (
        ("anonymous", "member"),
        """query ($kind: MunicipalityKind!, $status: HubStatus!) { municipalities(filter: {kind: $kind}, orderBy: POPULATION_DESC,
            first: 3) { edges { node { kind name projects(first: 1) { edges { node { status stage costBand visibility origin } } } } } }
            hubs(filter: {status: $status}, first: 3) { edges { node { status origin } } } }""",
        {"kind": "STADT", "status": "OPEN"},
    ),
    "dates-and-times": (
        ("anonymous", "member"),
        """query ($from: PartialDate!, $since: DateTime!) {
            events(filter: {startsFrom: $from}, first: 3) { edges { node { startsAt startTime endsAt endTime startDateTime
            endDateTime updatedAt hosts { name } } } }
            over: events(filter: {endsBefore: $from, hasDate: true}, orderBy: DATE_DESC, first: 3) { edges { node { endsAt } } }
            projects(filter: {updatedSince: $since}, orderBy: UPDATED_DESC, first: 3) { edges { node { title started ended
            updatedAt confirmedAt adoptions { edges { node { since confirmedByOwnerAt reconfirmBy } } } } } }
            fundingProgrammes(filter: {deadlineFrom: "2027"}) { edges { node { deadline opens } } } }""",
        {"from": "2023-02", "since": "2024-01-01T00:00:00+02:00"},
    ),
    "numbers": (
        ("anonymous",),
        """{ municipalities(orderBy: POPULATION_DESC, first: 5) { edges { node { population areaKm2 lat lon
            similar { similarity shared } } } } hub(slug: "zeitz") { lat lon workplaces version } }""",
        {},
    ),
    # Pages.
    "first-page": (
        ("anonymous", "member"),
        """{ projects(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            edges { cursor node { title hub { name } } } } }""",
        {},
    ),
    "empty-page": (
        ("anonymous",),
        """{ projects(first: 0) { totalCount edges { node { title hub { name } } } } hubs(first: 0) { totalCount } }""",
        {},
    ),
    "pages-in-entities": (
        ("anonymous", "member"),
        """{ hub(slug: "zeitz") { projects(first: 1) { totalCount pageInfo { hasNextPage endCursor }
            edges { cursor node { title } } } municipalities(first: 1) { pageInfo { endCursor } edges { since basis cursor } } } }""",
        {},
    ),
    # Where subgraphs meet.
    "there-and-back": (
        ("anonymous", "member"),
        """{ project(slug: "zeitz-parkleitsystem") { title hub { name projects(first: 2) { edges { node { title owner { name
            ... on Hub { town topics { nameDe projects(first: 1) { edges { node { title } } } } } } } } } }
            similar { similarity reasons project { title hub { name } } } } }""",
        {},
    ),
    "three-subgraphs": (
        ("anonymous", "lead"),
        """{ search(query: "park", first: 3) { totalCount edges { score node { title topics { nameDe } owner { name }
            municipalities(first: 2) { edges { node { name similar(first: 1) { municipality { name hubs(first: 1) { edges {
            node { name } } } } } } } } } } } }""",
        {},
    ),
    "many-roots": (
        ("anonymous", "member"),
        """{ hubs(first: 2) { edges { node { name } } } projects(first: 2) { edges { node { title } } }
            search(query: "park", first: 2) { edges { node { title } } } topics(first: 2) { edges { node { nameDe } } }
            suggestions(prefix: "park") { text kind } similarProjects(slug: "zeitz-parkleitsystem") { project { title } }
            viewer { subject } municipality(ars: "150840590590") { name } needs(first: 1) { totalCount } }""",
        {},
    ),
    "the-same-entity-often": (
        ("anonymous",),
        """{ projects(filter: {hub: "zeitz"}, first: 20) { edges { node { title hub { name town } owner { name }
            reviewer { name } } } } }""",
        {},
    ),
    "suggested-things": (
        ("anonymous", "member"),
        """{ suggestions(prefix: "zei") { kind text detail node { __typename ... on Project { title hub { name } }
            ... on Hub { name projects(first: 1) { totalCount } } ... on Municipality { name state }
            ... on University { name } ... on Topic { nameDe } } } }""",
        {},
    ),
    "matches-of-needs": (
        _MEMBERS,
        """{ needs(first: 2) { edges { node { title house { name } matches(first: 5) { score reasons { aspect label }
            node { __typename ... on Project { title owner { name } } ... on Expert { name houses { name } }
            ... on Need { title house { name } } } } } } } }""",
        {},
    ),
    "search-that-finds-nothing": (
        ("anonymous", "member"),
        """{ search(query: "Parkuhr Unterwasserarchäologie Quantenphysik") { totalCount didYouMean missingWords withoutFilters
            relaxed { label edges { node { title hub { name } } } topics { nameDe } need { kind title topics { nameDe } }
            catalogues { name url } }
            wider { parts { text totalCount isTotalExact } topics { topic { nameDe } totalCount reason typed found } } } }""",
        {},
    ),
    "search-with-filters-and-order": (
        ("anonymous", "member"),
        """{ search(query: "digital", sort: TITLE, first: 5, filter: {state: ["Sachsen-Anhalt", "Niedersachsen"]},
            facets: [TOPIC, HUB, STATE, SIZE_CLASS, STATUS, LICENCE, YEAR]) { totalCount facets { name values { value label count } }
            edges { node { title topics { nameDe } } } } }""",
        {},
    ),
    "what-is-mine": (
        ("lead", "university", "town", "admin", "none"),
        """{ viewer { issuer subject memberships unreadCount tasks { kind entity note houses { name } project { title hub { name } }
            adoption { status house { name } } expert { name } need { title } } notifications(first: 30) { edges { node { kind reason
            subject { __typename ... on Project { title owner { name } } ... on Need { title house { name } }
            ... on Expert { name } ... on Question { text } ... on Task { kind houses { name } } } } } }
            follows { targetId target { __typename ... on Topic { nameDe } } } savedSearches { name query filter }
            mailSettings { digest } webhooks { url kinds } } }""",
        {},
    ),
    "viewer-of-nobody": (("anonymous",), """{ viewer { subject } hub(slug: "zeitz") { name } }""", {}),
    # What is not there.
    "nothing-of-that-name": (
        ("anonymous", "member"),
        """{ none: hub(slug: "nirgends") { name projects { totalCount } } project(slug: "nirgends") { title hub { name } }
            municipality(ars: "999999999999") { name } node(id: "Hub:nirgends") { id } university(ror: "0nowhere0") { name }
            there: hub(slug: "zeitz") { name } similarProjects(slug: "nirgends") { similarity } }""",
        {},
    ),
    "ids-of-no-kind": (
        ("anonymous", "member"),
        """{ a: node(id: "Hub:") { id } b: node(id: "zeitz") { id } c: node(id: "Koenig:zeitz") { id } d: node(id: "Hub:zeitz:x") { id }
            e: project(id: "Hub:zeitz") { title } there: hub(slug: "zeitz") { name projects(first: 1) { totalCount } } }""",
        {},
    ),
    # Errors beside data.
    "bad-argument-beside-good": (
        ("anonymous", "member"),
        """{ suggestions(prefix: "park", first: 90) { text } hub(slug: "zeitz") { name } }""",
        {},
    ),
    "bad-cursor-beside-good": (
        ("anonymous", "member"),
        """{ search(query: "park", after: "no cursor") { totalCount } similar: similarProjects(slug: "zeitz-parkleitsystem",
            first: 90) { similarity } hub(slug: "zeitz") { name projects(first: 1) { totalCount } } }""",
        {},
    ),
    "bad-cursor-of-another-list": (
        ("anonymous",),
        """{ hub(slug: "zeitz") { name } bad: hub(slug: "wilster") {
            municipalities(first: 1, after: "WyJkYjZlMmUxMjlmYjYiLCJ6ZWl0eiBzdGFkdCIsIjE1MDg0MDU5MDU5MCJd") { totalCount } } }""",
        {},
    ),
    "bad-argument-in-an-entity": (
        ("anonymous", "member"),
        """{ good: hub(slug: "zeitz") { name } bad: hub(slug: "wilster") { name projects(after: "no cursor") { totalCount } } }""",
        {},
    ),
    "bad-nullable-in-an-entity": (
        ("anonymous", "member"),
        """{ project(slug: "zeitz-parkleitsystem") { title similar(first: 90) { similarity } hub { name } } }""",
        {},
    ),
    "bad-in-a-list-of-entities": (
        ("anonymous", "member"),
        """{ hub(slug: "zeitz") { name } projects(first: 2) { edges { node { title similar(first: 90) { similarity }
            hub { name } } } } }""",
        {},
    ),
    "bad-behind-an-entity": (
        ("anonymous", "member"),
        """{ project(slug: "zeitz-parkleitsystem") { title hub { name projects(after: "no cursor") { totalCount } } } }""",
        {},
    ),
    "bad-and-required-in-an-entity": (
        ("anonymous",),
        """{ hub(slug: "zeitz") { name } municipality(ars: "150840590590") { name similar(first: 90) { shared } } }""",
        {},
    ),
    "bad-in-an-entity-of-an-entity": (
        ("anonymous", "member"),
        """{ search(query: "park", first: 2) { edges { node { title hub { name projects(first: 1) { edges { node { title
            similar(first: 90) { similarity } } } } } } } } }""",
        {},
    ),
    "two-bad-ones": (
        ("anonymous", "member"),
        """{ a: similarProjects(slug: "zeitz-parkleitsystem", first: 90) { similarity } b: search(query: "park",
            filter: {yearFrom: 2025, yearTo: 2020}) { totalCount } c: suggestions(prefix: "park", first: 90) { text }
            d: node(id: "zeitz") { id } hub(slug: "zeitz") { name } }""",
        {},
    ),
    "after-in-several-parents": (
        ("anonymous",),
        """{ hub(slug: "zeitz") { name } it: project(slug: "zeitz-parkleitsystem") { title topics { hubs(first: 1,
            after: "WyJkYjZlMmUxMjlmYjYiLCJ6ZWl0eiBzdGFkdCIsIjE1MDg0MDU5MDU5MCJd") { totalCount } } } }""",
        {},
    ),
    "bad-filter": (
        ("anonymous", "member"),
        """{ search(query: "park", filter: {near: {municipality: "999999999999", withinKm: 50}}) { totalCount }
            project(slug: "zeitz-parkleitsystem", id: "Project:x") { title } hub(slug: "zeitz") { name } }""",
        {},
    ),
    "services-and-who-has-them": (
        ("anonymous", "member"),
        f"""{{ services(filter: {{ leikaIds: ["{SERVICE}"] }}) {{ edges {{ node {{ name municipalities {{ edges {{ url node {{ name
            adoptions {{ totalCount }} }} }} }} projects {{ totalCount edges {{ node {{ title }} }} }} }} }} }}
            node(id: "{AMT}") {{ ... on Municipality {{ name adoptions {{ edges {{ node {{ status project {{ title }} }} }} }} }} }} }}""",
        {},
    ),
}
"""Callers, document and variables by name."""
