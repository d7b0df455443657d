"""Markdown as people read it: the same words in the same order, without the marks. Pure.

No parser of all of CommonMark: passages are made while somebody waits, of twenty long texts at a time. What is no
mark people would see is left as it stands.
"""

import re
from typing import Final

_RULED: Final = frozenset("-=*_|: \t")
"""What lines between sections, below headings and below the heads of tables are made of."""
_FENCE: Final = re.compile(r"^ {0,3}(?:```|~~~)[^`]*$")
_QUOTE: Final = re.compile(r"^(?: {0,3}> ?){1,20}")
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}[ \t]+(?=\S)")
_ITEM: Final = re.compile(r"^[ \t]{0,20}[-*+][ \t]+(?=\S)")
_LINK: Final = re.compile(
    r"!?\[([^\[\]]{1,500})\]\((?:<[^<>\n]{0,1000}>|[^()\s]{0,1000})(?:[ \t]+\"[^\"\n]{0,200}\")?\)"
)
_ADDRESS: Final = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,1000})>")
_CODE: Final = re.compile(r"`{1,3}([^`\n]{1,500})`{1,3}")
_STRONG: Final = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3})(?=[^\s*_])([^*_\n]{0,500}[^\s*_\\])\1(?!\w)")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENDED: Final = (".", "!", "?", ":", ";", ",")


def plain(markdown: str) -> str:
    """The text of `markdown` in one line; a heading ends with a colon, and items begin with a bullet."""
    return " ".join(line for written in markdown.splitlines() if (line := _line(written)))


def _line(written: str) -> str:
    if _RULED.issuperset(written) or _FENCE.match(written):
        return ""
    line = _QUOTE.sub("", written)
    is_heading = _HEADING.match(line) is not None
    if is_heading:
        line = _HEADING.sub("", line).rstrip().rstrip("#")
    line = _ITEM.sub("• ", line)
    if line.lstrip().startswith("|"):
        line = " · ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    line = " ".join(_inline(line).split())
    return f"{line}:" if is_heading and line and not line.endswith(_ENDED) else line


def _inline(line: str) -> str:
    for mark in (_LINK, _ADDRESS, _CODE):
        line = mark.sub(r"\1", line)
    # Strong in emphasis: once for each.
    for _ in range(2):
        line = _STRONG.sub(r"\2", line)
    return _ESCAPED.sub(r"\1", line)
