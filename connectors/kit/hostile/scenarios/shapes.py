"""Rows and members of another shape than ever before: each costs itself at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.kit.hostile.base import NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends_or_same, incomplete, keeps, same
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.turning import growing
from connectors.kit.hostile.values import fresh_name

_AT_ONCE = 120
_PERSON = "Orang Karangan Rahasia 4711"


def _variants(ordinary: Ordinary, change: Any) -> Iterator[Play]:
    """
    The ordinary list followed by copies of its first row, each under a name of its own and with one place changed; some at a time.

    change: gives, for the rows, a row and one of its places, the rows to send.
    """
    page, rows = growing(ordinary)[0]
    row = rows.rows[0]
    if rows.alone:
        yield from _alone(ordinary, page, rows, change)
        return
    found = [variant for place in rows.places(row) for variant in change(rows, row, place)]
    if not found:
        raise NotApplicable("Barisnya tidak memuat nilai lain selain kodenya.")
    for start in range(0, len(found), _AT_ONCE):
        named = [
            rows.renamed(each, fresh_name(rows.identity(row), place))
            for place, each in enumerate(found[start : start + _AT_ONCE], start + 1)
        ]
        answer = ordinary.answering({page.number: page.holding(rows.body([*rows.rows, *named]))})
        yield ordinary.play(answer, keeps(ordinary.references), fresh=None, twice=False, label=f"varian {start + 1} dst.")


def _alone(ordinary: Ordinary, page: Page, rows: Rows, change: Any) -> Iterator[Play]:
    """A document that is one listing, changed at one place after the other, each time by one of the changes in turn."""
    mine = ordinary.of_page(page)
    for turn, place in enumerate(rows.places(rows.rows[0])):
        variants = change(rows, rows.rows[0], place)
        answer = ordinary.answering({page.number: page.holding(rows.body([variants[turn % len(variants)]]))})
        others = ordinary.references - mine
        yield ordinary.play(answer, keeps(others), gone=mine, fresh=None, twice=False, label=str(place)[:60])


def _put_everywhere(ordinary: Ordinary, *values: Any) -> Iterator[Play]:
    return _variants(ordinary, lambda rows, row, place: [rows.put(row, place, value) for value in values])


@scenario("Tipe anggota berganti")
def type_flips(ordinary: Ordinary) -> Iterator[Play]:
    """Each member in turn as a truth, a number, a text, an array, an object: a demand, a skip or a refusal, and no other row suffers."""
    yield from _put_everywhere(ordinary, True, 0, -1, 1.5, 10**30, "karangan", [], [None], ["a", 1], {}, {"a": {"b": []}})


@scenario("Anggota bernilai null atau kosong")
def members_null(ordinary: Ordinary) -> Iterator[Play]:
    """Each member in turn null, empty, blank, a hyphen: what is not said is not known, and no other row suffers."""
    yield from _put_everywhere(ordinary, None, "", "   ", "-", "null", "N/A")


@scenario("Anggota yang hilang")
def members_missing(ordinary: Ordinary) -> Iterator[Play]:
    """Each member in turn absent: a demand, a skip or a refusal, and no other row suffers."""
    yield from _variants(ordinary, lambda rows, row, place: [rows.dropped(row, place)])


@scenario("Tanggal yang bukan tanggal")
def dates_nonsense(ordinary: Ordinary) -> Iterator[Play]:
    """Days that do not exist, other orders of day and month, years 1 and 9999, words: read, left out or refused, never guessed."""
    yield from _put_everywhere(
        ordinary, "0000-00-00", "2026-02-30", "2026-13-45", "31/12/2026", "12-31-26", "9999-12-31", "0001-01-01", "tahun depan",
        "2026-01-01T25:61:61Z", "2026-01-01T00:00:00+99:00", "May 7, 2021 12:00:00 AM", "1767225600000", 1767225600000,
        "-292275055-05-16T16:47:04Z",
    )  # fmt: skip


@scenario("Angka yang ditulis orang")
def numbers_in_words(ordinary: Ordinary) -> Iterator[Play]:
    """Sums and amounts as offices write them, digits of other scripts, infinities: read exactly or refused, never guessed."""
    yield from _put_everywhere(
        ordinary, "Rp 15.000.000,00", "605 Jt", "1,2 M", "1e400", "-5", "∞", "١٢٣", "１２３", "1_000", "0x1F",
        "1.000.000.000.000.000.000.000", "12 (dua belas) buah", "±3", "½ kg",
    )  # fmt: skip


@scenario("Kode berbahaya di setiap teks")
def hostile_texts(ordinary: Ordinary) -> Iterator[Play]:
    """Scripts, templates, SQL, formulas, paths, format signs in each member: kept as words, and no other row suffers."""
    yield from _put_everywhere(
        ordinary, "<script>alert(1)</script>", "{{7*7}} ${7*7} #{7*7}", "'; DROP TABLE demand;--", '=HYPERLINK("http://10.0.0.1","x")',
        "../../../../etc/passwd", "%s%n%x {0.__class__}", "\x00\x1b[31m", "javascript:alert(1)", "http://169.254.169.254/", "<![CDATA[ ]]>",
        "&lt;b&gt;",
    )  # fmt: skip


@scenario("Semua nama anggota berganti")
def members_renamed(ordinary: Ordinary) -> Iterator[Play]:
    """The source renames all its members, in capitals and with a suffix: a shape that changed, not a list of nothing."""
    for label, rename in (("huruf besar", str.upper), ("akhiran", lambda name: f"{name}_baru")):
        ordinary.objects()
        answer = ordinary.rows_changed(lambda _, rows: [_renamed(row, rename) for row in rows])
        yield ordinary.play(answer, _same_or_incomplete, fresh=None, label=label)


@scenario("Baris yang bukan baris")
def rows_of_another_kind(ordinary: Ordinary) -> Iterator[Play]:
    """null, a number, a text, an array, an empty object among the rows: they cost themselves, or the run says that the shape changed."""
    page, rows = ordinary.in_json()[0]
    values: tuple[Any, ...] = (None, 5, "teks", True, [], [[]], {})
    for value in values:
        answer = ordinary.answering({page.number: page.holding(rows.body([rows.rows[0], value, *rows.rows[1:]]))})
        yield ordinary.play(answer, label=str(value), fresh=None, twice=False)


@scenario("Daftar dibungkus atau dibuka")
def list_wrapped(ordinary: Ordinary) -> Iterator[Play]:
    """The list inside of another array, as an object by number, rows in envelopes, one row alone: never complete with less."""
    page, rows = ordinary.in_json()[0]
    shapes: tuple[tuple[str, Any], ...] = (
        ("larik dalam larik", [rows.rows]),
        ("objek menurut nomor", {str(place): row for place, row in enumerate(rows.rows)}),
        ("amplop tiap baris", [{"data": row} for row in rows.rows]),
        ("satu baris saja", rows.rows[0]),
        ("teks JSON", "[]"),
        ("null", None),
        ("bilangan", 7),
    )
    for label, value in shapes:
        body = rows.body(value)
        yield ordinary.play(ordinary.answering({page.number: page.holding(body)}), ends_or_same, fresh=None, label=label)


@scenario("Seluruh jawaban dalam amplop baru")
def envelope_added(ordinary: Ordinary) -> Iterator[Play]:
    """A gateway puts its own envelope around everything: the same demands, or an end that says so."""
    pages = ordinary.json_pages()
    for opening, closing in ((b'{"status":"ok","data":', b"}"), (b"[", b"]")):
        answer = ordinary.each(lambda page: page.holding(opening + page.body + closing), pages)
        yield ordinary.play(answer, ends_or_same, fresh=None)


@scenario("Anggota tentang orang")
def personal_members(ordinary: Ordinary) -> Iterator[Play]:
    """Members that the connector calls personal, at the top and deep inside, in capitals too: nothing of them is stored or shown."""
    patterns = ordinary.kind.personal
    ordinary.objects()
    if not patterns:
        raise NotApplicable("Konektor tidak menyebut anggota tentang orang.")
    names = [pattern.replace("*", "x").replace("?", "x") for pattern in sorted(patterns)]

    def with_persons(_: Rows, rows: list[Any]) -> list[Any]:
        persons = dict.fromkeys(names, _PERSON) | {name.upper(): {"nama": _PERSON} for name in names if name.upper() != name}
        return [row | persons | {"lampiran_karangan": [{"dalam": persons}]} for row in rows]

    yield ordinary.play(ordinary.rows_changed(with_persons), same, _no_person)


@scenario("Nomor orang di dalam uraian")
def personal_numbers_in_texts(ordinary: Ordinary) -> Iterator[Play]:
    """An e-mail address, a mobile number, a civil servant's and a citizen's number inside of texts: in no demand."""
    more = "hubungi orang.karangan@contoh.invalid, HP 0812-3456-7890, NIP 198001012005011001, NIK 3201234567890123"
    yield ordinary.play(
        ordinary.rows_changed(lambda rows, each: [rows.edited(row, lambda text: f"{text} {more}") for row in each]), _no_number
    )


@scenario("Nama anggota yang dipakai mesin")
def names_of_machinery(ordinary: Ordinary) -> Iterator[Play]:
    """Members called `__proto__`, `__class__`, `constructor`, with dots, dollars, an empty name: the demands stay the same."""
    ordinary.objects()
    more = {
        "__proto__": {"a": 1},
        "__class__": "x",
        "constructor": {},
        "a.b": 1,
        "$ref": "#/",
        "@type": "x",
        "": "kosong",
        "#text": "y",
        "self": {},
    }
    yield ordinary.play(ordinary.rows_changed(lambda _, rows: [row | more for row in rows]), same)


@scenario("Anggota yang sama dua kali dalam satu objek")
def member_twice(ordinary: Ordinary) -> Iterator[Play]:
    """JSON that names a member twice with two values: one of them holds, no listing is lost, and twice read it is the same."""
    page, rows = ordinary.objects()[0]
    body = rows.body(rows.rows).strip()
    first = next(iter(rows.rows[0]))
    doubled = body.replace(f'{{"{first}":'.encode(), f'{{"{first}": null, "{first}":'.encode())
    yield ordinary.play(ordinary.answering({page.number: page.holding(doubled)}), same)


def _renamed(value: Any, rename: Any) -> Any:
    return {rename(name): _renamed(inner, rename) for name, inner in value.items()} if isinstance(value, dict) else value


def _same_or_incomplete(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return None if incomplete(outcome, ordinary) is None else same(outcome, ordinary)


def _no_person(outcome: Outcome, ordinary: Ordinary) -> str | None:
    shown = [str(raw.body) for raw in outcome.listings] + [str(told) for told in outcome.told] + [outcome.said]
    return "Nama orang dari anggota yang dilindungi tersimpan." if any(_PERSON in text for text in shown) else None


def _no_number(outcome: Outcome, ordinary: Ordinary) -> str | None:
    told = " ".join(str(each) for kind, each in outcome.told if kind == "demand")
    for number in ("orang.karangan@contoh.invalid", "0812-3456-7890", "198001012005011001", "3201234567890123"):
        if number in told:
            return f"Permintaan memuat {number[:6]}… dari uraian."
    return None
