"""ZIP archives and workbooks that are damaged, crowded, locked, or hold what nobody asked for."""

from __future__ import annotations

import io
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from connectors.kit.hostile.base import NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends_or_same, incomplete, same, unresolved
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.server import Answerer

Members = list[tuple[str, bytes]]
_SHEET = "xl/worksheets/sheet1.xml"
_CANARY = "isi-berkas-yang-tidak-boleh-terbaca-4712"
_MEMORY = 48


def _members(page: Page) -> Members:
    with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
        return [(each, archive.read(each)) for each in archive.namelist()]


def _zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), body, method)
    return out.getvalue()


def _repacked(
    ordinary: Ordinary, change: Callable[[Members], Members], *, member: str = "", method: int = zipfile.ZIP_DEFLATED
) -> Answerer:
    """Each archive packed anew with other members."""
    return ordinary.each(lambda page: page.holding(_zipped(change(_members(page)), method)), ordinary.archives(member))


def _sheet(ordinary: Ordinary, change: Callable[[bytes], bytes]) -> Answerer:
    """Each workbook with its first sheet rewritten."""
    return _repacked(ordinary, lambda members: [(name, change(body) if name == _SHEET else body) for name, body in members], member=_SHEET)


@scenario("Arsip yang terpotong")
def archive_cut(ordinary: Ordinary) -> Iterator[Play]:
    """A ZIP cut at twenty places, its directory gone: never complete, whatever members can still be found in it."""
    for page in ordinary.archives():
        for step in range(20):
            answer = ordinary.answering({page.number: page.holding(page.body[: len(page.body) * step // 20])})
            yield ordinary.play(answer, incomplete, label=f"bita {len(page.body) * step // 20}", twice=False)


@scenario("Anggota arsip yang rusak")
def archive_member_damaged(ordinary: Ordinary) -> Iterator[Play]:
    """A byte of each member turned over in turn: its checksum shows it, never complete."""
    for page in ordinary.archives():
        with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
            infos = [
                info for info in archive.infolist() if info.compress_size > 20 and not info.filename.startswith(("docProps", "xl/theme"))
            ]
        for info in infos[:6]:
            at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
            body = page.body[:at] + bytes([page.body[at] ^ 0x5A]) + page.body[at + 1 :]
            yield ordinary.play(ordinary.answering({page.number: page.holding(body)}), ends_or_same, label=info.filename, twice=False)


@scenario("Anggota arsip dengan uji yang keliru")
def archive_checksum_wrong(ordinary: Ordinary) -> Iterator[Play]:
    """The checksum of every member is another one in the directory: never complete."""
    for page in ordinary.archives():
        with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
            sums = {info.CRC.to_bytes(4, "little") for info in archive.infolist() if info.CRC}
        body = page.body
        for each in sums:
            body = body.replace(each, bytes(byte ^ 0xFF for byte in each))
        yield ordinary.play(ordinary.answering({page.number: page.holding(body)}), incomplete, twice=False)


@scenario("Arsip terkunci sandi")
def archive_locked(ordinary: Ordinary) -> Iterator[Play]:
    """Members that are said to be encrypted, and a workbook that is locked as office programs lock it: an end that says so."""
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
    for page in ordinary.archives():
        for label, body in (("sandi", _flagged(page.body)), ("OLE", locked)):
            yield ordinary.play(ordinary.answering({page.number: page.holding(body)}), incomplete, label=label, twice=False)


@scenario("Nama anggota yang memanjat")
def archive_names_that_climb(ordinary: Ordinary) -> Iterator[Play]:
    """Members named `../../x`, `/etc/x`, `C:\\x` and with NUL beside the ordinary ones: nothing is written anywhere, no listing lost."""
    climbing = ("../../../../tmp/karangan-4712.txt", "/tmp/karangan-4712.txt", "C:\\karangan-4712.txt", "a/../../karangan-4712.txt")  # noqa: S108
    yield ordinary.play(_repacked(ordinary, lambda members: members + [(name, b"x") for name in climbing]), ends_or_same, _nothing_written)


@scenario("Anggota arsip yang tidak dikenal")
def archive_unknown_members(ordinary: Ordinary) -> Iterator[Play]:
    """Read-me files, traces of other machines, macros and pictures beside the ordinary members: the same demands."""
    more = [
        ("__MACOSX/._x", b"\0\5\x16\7"),
        ("BACA.txt", b"halo"),
        ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
        ("gambar/a.png", b"\x89PNG"),
    ]
    yield ordinary.play(_repacked(ordinary, lambda members: members + more), same)


@scenario("Anggota arsip bernama sama")
def archive_names_twice(ordinary: Ordinary) -> Iterator[Play]:
    """Every member stands twice, first as it is and then empty: never complete with less."""
    answer = _repacked_quietly(ordinary, lambda members: members + [(name, b"") for name, _ in members])
    yield ordinary.play(answer, twice=False)


@scenario("Arsip di dalam arsip")
def archive_in_an_archive(ordinary: Ordinary) -> Iterator[Play]:
    """A ZIP of ZIPs of blanks beside the ordinary members: not unpacked without a bound, no listing lost."""
    inner = _zipped([("nol.json", b" " * (32 * 1024 * 1024))])
    outer = _zipped([(f"{number}.zip", inner) for number in range(4)])
    yield ordinary.play(_repacked(ordinary, lambda members: [*members, ("dalam.zip", outer)]), ends_or_same, memory=_MEMORY, twice=False)


@scenario("Arsip dikemas dengan cara lain")
def archive_packed_otherwise(ordinary: Ordinary) -> Iterator[Play]:
    """Members that are stored plainly, and packed by bzip2 and LZMA: the same demands, or an end that says so."""
    for label, method in (("polos", zipfile.ZIP_STORED), ("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
        yield ordinary.play(_repacked(ordinary, lambda members: members, method=method), ends_or_same, label=label, twice=False)


@scenario("Entitas di dalam buku kerja")
def workbook_with_entities(ordinary: Ordinary) -> Iterator[Play]:
    """A document type in a sheet, with a bomb of entities and with a file of this machine: refused, nothing of the file anywhere."""
    bomb = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "rahasia.txt"
        secret.write_text(_CANARY, encoding="utf-8")
        for entities, use in ((bomb, b"&a9;"), (f'<!ENTITY a9 SYSTEM "{secret.as_uri()}">', b"&a9;")):
            doctype = f"<!DOCTYPE worksheet [{entities}]>".encode()
            answer = _sheet(ordinary, lambda body: _typed(body, doctype, use))
            yield ordinary.play(answer, unresolved, _without_the_canary, memory=_MEMORY, twice=False, fresh=None)


@scenario("Lembar yang mengaku sebesar bumi")
def workbook_of_any_size(ordinary: Ordinary) -> Iterator[Play]:
    """A sheet that says a million rows of sixteen thousand columns, and a cell in its last corner: bounded, and no listing lost."""
    corner = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    changes: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        ("ukuran", lambda body: body.replace(b"<sheetData", b'<dimension ref="A1:XFD1048576"/><sheetData', 1)),
        ("sudut", lambda body: body.replace(b"</sheetData>", corner, 1)),
    )
    for label, change in changes:
        yield ordinary.play(_sheet(ordinary, change), fresh=None, label=label, memory=256, twice=False, seconds=20)


@scenario("Buku kerja tanpa lembarnya")
def workbook_without_its_sheet(ordinary: Ordinary) -> Iterator[Play]:
    """The first sheet, the table of texts or the list of parts is gone, or is no XML: never complete with less."""
    for gone in (_SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"):
        if any(gone in {name for name, _ in _members(page)} for page in ordinary.archives(_SHEET)):
            without = _repacked(ordinary, lambda members: [each for each in members if each[0] != gone], member=_SHEET)
            yield ordinary.play(without, fresh=None, label=f"{gone} hilang", twice=False)
            broken = _repacked(ordinary, lambda members: [(n, b"<x" if n == gone else body) for n, body in members], member=_SHEET)
            yield ordinary.play(broken, fresh=None, label=f"{gone} rusak", twice=False)


def _flagged(body: bytes) -> bytes:
    """The archive with every member marked as encrypted, in its own head and in the directory."""
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = body.find(sign)
        while start >= 0:
            body = body[: start + at] + bytes([body[start + at] | 1]) + body[start + at + 1 :]
            start = body.find(sign, start + 4)
    return body


def _repacked_quietly(ordinary: Ordinary, change: Callable[[Members], Members]) -> Answerer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice is what is played
        return _repacked(ordinary, change)


def _typed(body: bytes, doctype: bytes, use: bytes) -> bytes:
    """A sheet with a document type before its root and an entity in a cell."""
    root = body.find(b"<worksheet")
    if root < 0:
        raise NotApplicable("Lembarnya tidak dikenali.")
    cell = b'<row r="900"><c r="A900" t="inlineStr"><is><t>' + use + b"</t></is></c></row></sheetData>"
    return body[:root] + doctype + body[root:].replace(b"</sheetData>", cell, 1)


def _nothing_written(outcome: Outcome, ordinary: Ordinary) -> str | None:
    places = (Path(tempfile.gettempdir()) / "karangan-4712.txt", Path("karangan-4712.txt"))
    written = [place for place in places if place.exists()]
    for place in written:
        place.unlink()
    return "Anggota arsip ditulis ke luar tempatnya." if written else None


def _without_the_canary(outcome: Outcome, ordinary: Ordinary) -> str | None:
    shown = [str(raw.body) for raw in outcome.listings] + [str(told) for told in outcome.told] + [outcome.said]
    return "Isi berkas di mesin ini terbaca lewat entitas." if any(_CANARY in text for text in shown) else None
