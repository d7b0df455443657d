"""An e-mail as text and as simple HTML. Pure; nothing in it is loaded from anywhere."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from string import Template
from typing import Final

_NAME: Final = "Hubnetz"
_HTML: Final = Template("""<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>$subject</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#16202c;background:#ffffff">
<div style="max-width:36em">
<h1 style="font-size:22px;line-height:1.25">$heading</h1>
$content
<hr style="border:0;border-top:1px solid #8593a3;margin:24px 0 12px">
$foot
</div></body></html>
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the e-mail leads to."""

    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a list."""

    text: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What an e-mail says; texts of others may hold anything, line breaks and control characters included."""

    heading: str
    paragraphs: Sequence[str]
    quote: str | None = None
    items: Sequence[Item] = ()
    action: Action | None = None
    after: Sequence[str] = ()
    foot: Sequence[str]
    unsubscribe: str | None = None
    """Address that ends this kind of mail; None: it comes only once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From where to where, and as what."""

    sender: str
    recipient: str
    message_id: str
    date: datetime


def message(mail: Mail, envelope: Envelope) -> EmailMessage:
    """The whole e-mail.

    Headers hold one line each, whatever was put into them: a line break in a title begins no header of its own.
    """
    made = EmailMessage()
    made["From"] = Address(_NAME, addr_spec=envelope.sender)
    made["To"] = Address(addr_spec=envelope.recipient)
    made["Subject"] = one_line(f"{_NAME}: {mail.heading}")
    made["Date"] = format_datetime(envelope.date)
    made["Message-ID"] = envelope.message_id
    # RFC 3834 §5: no holiday notes in return.
    made["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe is not None:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(_text(mail), cte="quoted-printable")
    made.add_alternative(_html(mail), subtype="html", cte="quoted-printable")
    return made


def one_line(text: str) -> str:
    """`text` in one line, without characters that control anything."""
    return " ".join(_sound(text).split())


def _sound(text: str) -> str:
    """`text` without control characters but line feeds, and without those that turn the direction of writing around."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        one for one in kept if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )


def _text(mail: Mail) -> str:
    blocks = [one_line(mail.heading), *(_sound(paragraph) for paragraph in mail.paragraphs)]
    if mail.quote:
        blocks.append("\n".join(f"> {line}" for line in _sound(mail.quote).splitlines()))
    for item in mail.items:
        note = f"\n  {one_line(item.note)}" if item.note else ""
        blocks.append(f"- {one_line(item.text)}{note}")
    if mail.action is not None:
        # Alone in its line, so that no mail program takes more or less for the address.
        blocks.append(f"{mail.action.label}:\n{mail.action.address}")
    blocks += [_sound(paragraph) for paragraph in mail.after]
    blocks.append("\n".join(["-- ", *mail.foot]))
    if mail.unsubscribe is not None:
        blocks.append(f"Abbestellen:\n{mail.unsubscribe}")
    return "\n\n".join(blocks) + "\n"


def _html(mail: Mail) -> str:
    content = [_paragraph(paragraph) for paragraph in mail.paragraphs]
    if mail.quote:
        content.append(
            f'<blockquote style="margin:0 0 16px;padding-left:12px;border-left:3px solid #8593a3">'
            f"{_lines(mail.quote)}</blockquote>"
        )
    if mail.items:
        content.append(f'<ul style="padding-left:20px">{"".join(map(_listed, mail.items))}</ul>')
    if mail.action is not None:
        address = escape(mail.action.address)
        content.append(
            f'<p><a href="{address}" style="display:inline-block;padding:9px 18px;font-weight:600;color:#ffffff;'
            f'background:#0b5c8a;border-radius:5px;text-decoration:none">{escape(mail.action.label)}</a></p>'
        )
    content += [_paragraph(paragraph) for paragraph in mail.after]
    foot = [f'<p style="font-size:14px">{_lines(line)}</p>' for line in mail.foot]
    if mail.unsubscribe is not None:
        foot.append(f'<p style="font-size:14px"><a href="{escape(mail.unsubscribe)}">Abbestellen</a></p>')
    return _HTML.substitute(
        subject=escape(one_line(mail.heading)),
        heading=escape(one_line(mail.heading)),
        content="\n".join(content),
        foot="\n".join(foot),
    )


def _paragraph(text: str) -> str:
    return f"<p>{_lines(text)}</p>"


def _lines(text: str) -> str:
    return escape(_sound(text)).replace("\n", "<br>")


def _listed(item: Item) -> str:
    note = f"<br><span>{escape(one_line(item.note))}</span>" if item.note else ""
    return f'<li style="margin-bottom:8px">{escape(one_line(item.text))}{note}</li>'
