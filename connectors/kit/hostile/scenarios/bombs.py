"""Little that becomes much: packings, archives, entities, nesting, numbers and texts."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from connectors.kit.hostile.base import LIMITS, NotApplicable, Play, scenario
from connectors.kit.hostile.checks import ends, incomplete, keeps, keeps_all
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.server import JSON_TYPE, Answerer, Reply
from connectors.kit.hostile.turning import growing
from connectors.kit.hostile.values import fresh_name

_MEMORY = 24
_MARK = "TEMPATNYA DI SINI"
MIB = 1024 * 1024


@cache
def _zeros(packing: str, size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31 if packing == "gzip" else 15)
    block = b" " * MIB
    return b"".join(packer.compress(block) for _ in range(size)) + packer.flush()


def _packed(body: bytes, packing: str, status: int = 200, **headers: str) -> Reply:
    return Reply(body, status=status, headers={"Content-Type": JSON_TYPE, "Content-Encoding": packing}).saying(**headers)


def _marked(ordinary: Ordinary, raw: bytes, quoted: bool = True) -> Answerer:
    """The ordinary exchange with a member of the first row that holds what no writer of JSON would write."""
    page, rows = ordinary.objects()[0]
    body = rows.body([rows.rows[0] | {"kolom_karangan": _MARK}, *rows.rows[1:]])
    return ordinary.answering({page.number: page.holding(body.replace(f'"{_MARK}"'.encode() if quoted else _MARK.encode(), raw))})


@scenario("Bom gzip", once=True)
def gzip_bomb(ordinary: Ordinary) -> Iterator[Play]:
    """Sixty-four MiB of blanks in sixty-four KiB of gzip: let go of at the bound, with little memory."""
    for page, answer in ordinary.both(lambda _: _packed(_zeros("gzip", 64), "gzip")):
        checks = (ends("expands_too_much", "too_large"),) if page.number == 0 else (incomplete,)
        yield ordinary.play(answer, *checks, memory=_MEMORY, twice=False)


@scenario("Bom deflate", once=True)
def deflate_bomb(ordinary: Ordinary) -> Iterator[Play]:
    """The same by deflate."""
    yield ordinary.play(ordinary.first(_packed(_zeros("deflate", 64), "deflate")), ends("expands_too_much", "too_large"), memory=_MEMORY)


@scenario("Bom gzip di balik galat dan pengalihan", once=True)
def gzip_bomb_behind_a_status(ordinary: Ordinary) -> Iterator[Play]:
    """The bomb as the page of a refusal and as the body of a redirect, which libraries read unasked."""
    for status, headers in ((404, {}), (302, {"Location": "/lain"}), (302, {"Location": "http://169.254.169.254/"})):
        reply = _packed(_zeros("gzip", 64), "gzip", status=status, **headers)
        yield ordinary.play(ordinary.first(reply), incomplete, memory=_MEMORY, twice=False, label=str(status))


@scenario("Bom gzip di dalam gzip")
def gzip_bomb_in_gzip(ordinary: Ordinary) -> Iterator[Play]:
    """A bomb that is packed twice, once announced: what is inside is not unpacked without a bound."""
    inner = _zeros("gzip", 64)
    yield ordinary.play(ordinary.first(_packed(gzip.compress(inner), "gzip")), incomplete, memory=_MEMORY, twice=False)
    yield ordinary.play(ordinary.first(Reply(inner, headers={"Content-Type": "application/gzip"})), incomplete, memory=_MEMORY, twice=False)


@scenario("Bom ZIP")
def zip_bomb(ordinary: Ordinary) -> Iterator[Play]:
    """A ZIP whose members are sixty-four MiB of blanks under the names of the ordinary one: refused, with little memory."""
    for page in ordinary.pages:
        reply = replace(page.reply, body=_blank_zip(tuple(_members(page.body)), 64))
        yield ordinary.play(ordinary.answering({page.number: reply}), incomplete, memory=_MEMORY, twice=False)


@scenario("ZIP dengan banyak anggota")
def zip_of_many_members(ordinary: Ordinary) -> Iterator[Play]:
    """A ZIP of twenty thousand members, and one whose directory says other sizes than come: refused or bounded."""
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.json", b"")
    lying = _blank_zip(("a.json",), 8)
    lying = lying.replace((8 * MIB).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    for page in ordinary.pages:
        for label, body in (("banyak", many.getvalue()[:MIB]), ("berbohong", lying)):
            reply = replace(page.reply, body=body)
            yield ordinary.play(ordinary.answering({page.number: reply}), incomplete, memory=64, twice=False, label=label)


@scenario("Sarang yang dalam")
def deep_nesting(ordinary: Ordinary) -> Iterator[Play]:
    """Two hundred and five thousand arrays inside one another, objects too, as the whole answer and inside of a row: `too_deep`."""
    for depth in (200, 5_000):
        for nested in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
            yield ordinary.play(ordinary.first(Reply(nested)), incomplete, label=f"{depth}", twice=False)
            yield ordinary.play(_marked(ordinary, nested), ends("too_deep"), label=f"{depth} dalam baris", twice=False)


@scenario("Sarang XML yang dalam", once=True)
def deep_xml(ordinary: Ordinary) -> Iterator[Play]:
    """Twenty thousand elements inside one another: refused, no stack overflows."""
    nested = b"<?xml version='1.0'?>" + b"<a>" * 20_000 + b"</a>" * 20_000
    yield ordinary.play(ordinary.first(Reply(nested, headers={"Content-Type": "application/xml"})), incomplete, memory=_MEMORY, twice=False)


@scenario("Sejuta objek kosong")
def wide_json(ordinary: Ordinary) -> Iterator[Play]:
    """Three hundred KiB of empty objects, which would fill fifty times as much memory: counted before they are built."""
    many = b"[" + b"{}," * (2 * LIMITS.containers) + b"{}]"
    yield ordinary.play(_marked(ordinary, many), ends("too_large"), memory=_MEMORY, twice=False)


@scenario("Terlalu banyak nilai")
def too_many_values(ordinary: Ordinary) -> Iterator[Play]:
    """More numbers than a list of demands can need: counted before they are built."""
    many = b"[" + b"1," * (LIMITS.values + 1_000) + b"1]"
    yield ordinary.play(_marked(ordinary, many), ends("too_many_values"), memory=_MEMORY, twice=False)


@scenario("Bilangan raksasa")
def huge_numbers(ordinary: Ordinary) -> Iterator[Play]:
    """Numbers no machine holds, of five thousand digits, 1e400, NaN: in a member that nobody reads they cost no listing."""
    for number in (
        b"9" * 5_000,
        b"1e400",
        b"-1e400",
        b"1e-400",
        b"0." + b"3" * 5_000,
        b"NaN",
        b"-Infinity",
        b"-0.0",
        b"1E+0000000000000000005",
    ):
        yield ordinary.play(_marked(ordinary, number), keeps_all, label=number[:8].decode(), twice=False)


@scenario("Bilangan raksasa di setiap angka")
def huge_numbers_everywhere(ordinary: Ordinary) -> Iterator[Play]:
    """The same numbers in the place of each number of a row: the other rows stay, and what becomes of it is exact or refused."""
    growing(ordinary)
    page, rows = ordinary.in_json()[0]
    row = rows.rows[0]
    places = [place for place in rows.places(row) if _is_number(_value(row, place))]
    if not places:
        raise NotApplicable("Barisnya tidak memuat bilangan.")
    for number in (b"9" * 400, b"1e400", b"1e308", b"1e-320", b"NaN", b"0.1000000000000000055511151231257827", b"-0.0"):
        variants = [rows.renamed(rows.put(row, place, _MARK), fresh_name(rows.identity(row), turn)) for turn, place in enumerate(places, 1)]
        body = rows.body([*rows.rows, *variants]).replace(f'"{_MARK}"'.encode(), number)
        answer = ordinary.answering({page.number: page.holding(body)})
        yield ordinary.play(answer, keeps(ordinary.references), fresh=None, label=number[:8].decode(), twice=False)


@scenario("Teks sepanjang ratusan ribu huruf")
def long_texts(ordinary: Ordinary) -> Iterator[Play]:
    """A title as long as a book: translated within its time and its bounds, the other rows stay."""
    yield ordinary.play(
        _first_row(ordinary, lambda text: (text + " dan seterusnya, ") * 2_000), keeps(ordinary.references), twice=False, seconds=20
    )


@scenario("Teks yang menjebak pola pencarian")
def texts_against_patterns(ordinary: Ordinary) -> Iterator[Play]:
    """Ten thousand signs of a kind in every text of a row, against patterns that begin again and again: translated within its time."""
    for sign in (
        "<",
        "&#",
        "<a ",
        ";",
        "; ",
        " \t",
        "(",
        "1.",
        "1,2 ",
        "-",
        "8 2 1 ",
        "a@",
        "0812",
        "\r\n",
        "\u0301",
        "\u200b",
        "Rp",
        "x x ",
        "2026-",
        "&amp;",
    ):
        answer = _first_row(ordinary, lambda text: f"{text} {sign * (10_000 // len(sign))}!")
        yield ordinary.play(answer, keeps(ordinary.references), label=ascii(sign), twice=False, seconds=20)


@scenario("Nama anggota yang panjang dan banyak")
def long_and_many_names(ordinary: Ordinary) -> Iterator[Play]:
    """A member's name of a hundred thousand letters, and twenty thousand members in one row: no listing is lost for it."""
    page, rows = ordinary.objects()[0]
    for more in ({"n" * 100_000: 1}, {f"kolom_{number}": number for number in range(20_000)}):
        body = rows.body([rows.rows[0] | more, *rows.rows[1:]])
        yield ordinary.play(ordinary.answering({page.number: page.holding(body)}), keeps_all, twice=False)


@scenario("Lebih banyak data daripada batasnya")
def too_many_listings(ordinary: Ordinary) -> Iterator[Play]:
    """More rows than the bound on listings, whole and well-formed: no more than the bound are given, and the run is not complete."""
    growing(ordinary)
    page, rows = ordinary.listed()[0]
    limits = replace(LIMITS, listings=30)
    many = [rows.renamed(rows.rows[0], fresh_name(rows.identity(rows.rows[0]), number)) for number in range(1, 90)]
    answer = ordinary.answering({page.number: page.holding(rows.body(many))})
    yield ordinary.play(answer, incomplete, _at_most(30), limits=limits, fresh=None, gone=ordinary.references, twice=False)


def _first_row(ordinary: Ordinary, edit: Any) -> Answerer:
    page, rows = ordinary.listed()[0]
    return ordinary.answering({page.number: page.holding(rows.body([rows.edited(rows.rows[0], edit), *rows.rows[1:]]))})


def _at_most(most: int) -> Any:
    def check(outcome: Any, ordinary: Ordinary) -> str | None:
        return f"Konektor memberi {len(outcome.listings)} data; batasnya {most}." if len(outcome.listings) > most else None

    return check


def _value(row: Any, place: Any) -> Any:
    for step in place:
        row = row[step]
    return row


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@cache
def _blank_zip(names: tuple[str, ...], size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b" " * (size * MIB))
    return out.getvalue()


def _members(body: bytes) -> list[str]:
    """The names in a ZIP; one made up where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return archive.namelist()[:2]
    except zipfile.BadZipFile:
        return ["data.json"]
