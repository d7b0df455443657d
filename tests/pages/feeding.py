"""Feeds read as programs read them."""

import csv
import io
from typing import Any, Final
from xml.etree import ElementTree as ET

import httpx
from icalendar import Calendar

from tests.network.plain import client

ATOM: Final = {"a": "http://www.w3.org/2005/Atom"}


def calendar(answer: httpx.Response) -> dict[str, Any]:
    """Title -> event of a calendar."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(one["summary"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def entries(answer: httpx.Response) -> dict[str, Any]:
    """Title -> entry of a feed."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)
    return {one.findtext("a:title", "", ATOM): one for one in feed.findall("a:entry", ATOM)}


def titles(answer: httpx.Response) -> set[str]:
    """The first column of a table."""
    assert answer.status_code == 200, answer.text
    return {line[0] for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")}


async def fetched(app: Any, address: str, **headers: str) -> httpx.Response:
    """As a program fetches it, which knows no session."""
    async with client(app) as http:
        return await http.get(address, headers={"accept": "*/*", **headers}, timeout=60)
