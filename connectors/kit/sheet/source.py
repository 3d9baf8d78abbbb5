"""What every connector of tables shares: its settings, the sheets that are read, and packages as listings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Any, ClassVar

import orjson

from connectors.kit.answer import Answer
from connectors.kit.base import Connector, RawListing, Setting
from connectors.kit.errors import SettingsError, ShapeChanged, SourceError, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.mapping.documents import BROKEN, EndUnproved, RowsUnreadable, is_endless
from connectors.kit.sheet.columns import MEMBERS, is_about_persons
from connectors.kit.sheet.demand import Meaning
from connectors.kit.sheet.header import Header, find_header
from connectors.kit.sheet.packages import Package, packages
from connectors.kit.sheet.records import Walk
from connectors.kit.sheet.rows import Sheet
from connectors.kit.text import cut, line
from schemas.reading.heading import heading_key

ACCEPT = "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;q=0.9, */*;q=0.1"
TABLE_SETTINGS = (
    Setting("sheet", required=False, says="nama lembar yang dibaca, beberapa dipisah titik koma; kosong: dipilih menurut isinya"),
    Setting("buyer", required=False, says="nama pembeli, misalnya Pemerintah Kota Contoh; wajib bila tabel tidak memuat kolomnya"),
    Setting("buyer_code", required=False, says="kode pembeli (KLPD), misalnya D107"),
    *(
        Setting(f"map_{member}", required=False, says=f"judul kolom {says}, bila tidak dikenali sendiri")
        for member, says in MEMBERS.items()
    ),
)
Place = Callable[[int], tuple[Answer, int]]
_MAP = "map_"
_MOST_NAMED = 12


class Tabular(Connector):
    """A source whose listings are the rows of a table."""

    personal: ClassVar[frozenset[str]] = frozenset({
        "nip", "nik", "npwp", "*ppk*", "kpa", "*telepon*", "*telp*", "*username*", "*email*", "*e-mail*",
    })  # fmt: skip

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given)
        options = {each.name: self.option(each.name).strip() for each in TABLE_SETTINGS}
        self._wanted = {name.removeprefix(_MAP): value for name, value in options.items() if name.startswith(_MAP) and value}
        dropped = [f"{_MAP}{member} ({title})" for member, title in self._wanted.items() if self.is_personal(title)]
        if dropped:
            raise SettingsError(f"Pengaturan memakai kolom yang dibuang karena tentang orang: {', '.join(dropped)}.")
        meant = {**self._wanted, "buyer=": options["buyer"], "code=": options["buyer_code"]}
        if any(meant.values()):
            # what rows mean is decided by these settings as well, so known listings are read again when they change
            digest = blake2b(orjson.dumps(meant, option=orjson.OPT_SORT_KEYS), digest_size=6).hexdigest()
            self.version = f"{type(self).version}-{digest}"  # type: ignore[misc]
        self._meaning = Meaning(self._wanted, options["buyer"], options["buyer_code"])
        self._sheets = [heading_key(name) for name in options["sheet"].split(";") if name.strip()]

    def is_personal(self, name: str) -> bool:
        """Whether a column is about a person, by the words of its heading."""
        return is_about_persons(name) or super().is_personal(name)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One package of the table as a demand."""
        return self._meaning.demand(raw.reference, raw.body)

    def is_table(self, sheets: list[Sheet]) -> bool:
        """Whether any sheet has a header that tells of things which are asked for."""
        return any(find_header(sheet, self._wanted) is not None for sheet in sheets)

    def listings_of(self, fetch: Fetch, sheets: list[Sheet], answer: Answer, place: Place | None = None) -> Iterator[RawListing]:
        """
        The packages on the sheets of an answer, each reference once; what was left out is told in the run's facts.

        place: in which answer a row came, by its number, and where in it; all in the one answer where it is not given.

        Raises:
            SourceError: no sheet is a table of what somebody needs; what the reading of rows meets; or, after all that could be read,
                why it is not proved to be all.
        """
        walks = [Walk(sheet, header, self._wanted) for sheet, header in self._chosen(fetch, sheets, answer.digest)]
        seen: set[str] = set()
        tally = _Tally()
        for package in packages(chain.from_iterable(walks)):
            tally.count(package)
            reference = package.reference or self.nameless("tanpa-kode", package.body)
            came, position = place(package.number) if place else (answer, package.number - 1)
            raw = self.listing(reference, came.address, package.body, position, came.digest)
            if raw.reference in seen:
                fetch.facts.superseded += 1
                continue
            if len(seen) >= fetch.limits.listings:
                raise TooMuch("too_many_listings", f"Tabel memuat lebih dari {fetch.limits.listings} paket.", answer=answer.digest)
            seen.add(raw.reference)
            yield raw
        fetch.facts.notes += _notes(walks, tally.rows, len(seen))
        fault = _fault(walks, tally, answer)
        if fault is not None:
            raise fault

    def _chosen(self, fetch: Fetch, sheets: list[Sheet], digest: str) -> list[tuple[Sheet, Header]]:
        """The sheets that are read: those named, or those that tell most of a demand and have the same columns; visible ones first."""
        named = [each for each in sheets if heading_key(each.name) in self._sheets] if self._sheets and len(sheets) > 1 else sheets
        if not named:
            raise ShapeChanged(
                "Lembar yang disebut pengaturan sheet tidak ada di buku kerja.", mend="Periksa ejaan nama lembarnya.", answer=digest
            )
        tables = [(sheet, header) for sheet in named if (header := find_header(sheet, self._wanted)) is not None]
        if not tables:
            raise ShapeChanged(
                f"Tidak ada kepala tabel yang dikenal di {len(named)} lembar: yang dicari nama barang atau paket, dan kolom lain.",
                mend="Sebut judul kolomnya dengan pengaturan map_title, map_item dan lainnya; jawaban asli tersimpan.",
                answer=digest,
            )
        self._check_named([header for _, header in tables], digest)
        if self._sheets:
            return tables
        shown = [each for each in tables if not each[0].is_hidden] or tables
        best = max((header for _, header in shown), key=lambda header: header.score)
        alike = [each for each in shown if each[1].members.keys() == best.members.keys()]
        others = [sheet.name for sheet, _ in tables if all(sheet is not each for each, _ in alike)]
        if others:
            fetch.facts.notes.append(
                f"Lembar lain juga berisi tabel dan tidak dibaca: {_named(others)}. Sebut di pengaturan sheet bila perlu."
            )
        return alike

    def _check_named(self, headers: list[Header], digest: str) -> None:
        keys = {heading_key(title) for header in headers for title in header.titles.values()}
        gone = ", ".join(_MAP + member for member, title in self._wanted.items() if heading_key(title) not in keys)
        if gone:
            raise ShapeChanged(
                f"Kolom yang disebut pengaturan {gone} tidak ada di kepala tabel.",
                mend="Cocokkan pengaturan itu dengan judul kolom di tabel; judul kolom dapat berubah di sumber.",
                answer=digest,
            )


class NamesMissing(SourceError):
    """A table with a column of codes in which most rows have none: known demands may stand there without theirs."""

    rule = "names_missing"
    state = "unproven"
    advice = "Minta pengelola sumber mengisi kode setiap paket, atau menghapus kolom kodenya bila memang tidak dipakai."


@dataclass(slots=True)
class _Tally:
    """Rows read, and packages in all, without a code, and torn so that not even their code is whole."""

    rows: int = 0
    packages: int = 0
    nameless: int = 0
    torn: int = 0

    def count(self, package: Package) -> None:
        self.rows += package.rows
        self.packages += 1
        self.nameless += not package.reference
        self.torn += not package.reference and BROKEN in package.body


def _fault(walks: list[Walk], tally: _Tally, answer: Answer) -> SourceError | None:
    """Why what came is no proof of what the source has; None where it may be."""
    if any(walk.broken_off for walk in walks):
        return RowsUnreadable("Tabel berakhir di tengah baris; baris itu tidak dibaca.", answer=answer.digest)
    if tally.torn:
        return RowsUnreadable(f"{tally.torn} baris tidak terbaca, sehingga tidak diketahui paket mana yang hilang.", answer=answer.digest)
    coded = any({"reference", "rup"} & walk.header.members.keys() for walk in walks)
    if coded and tally.packages and (tally.nameless == tally.packages or (tally.packages >= 3 and tally.nameless * 2 > tally.packages)):
        return NamesMissing(f"{tally.nameless} dari {tally.packages} paket tidak mempunyai kode, padahal tabel memuat kolomnya.")
    if any(walk.sheet.fixed_width for walk in walks) and is_endless(answer):
        return EndUnproved("Jawaban tidak menyebut panjangnya, dan tabel tidak mempunyai tanda akhir; tidak terbukti bahwa tabel itu utuh.")
    return None


def _notes(walks: Iterable[Walk], rows: int, listed: int) -> Iterator[str]:
    """What staff should know of how the sheets were read."""
    for walk in walks:
        said = []
        if walk.header.unknown:
            said.append(f"kolom tidak dikenal, disimpan tetapi tidak dibaca: {_named(walk.header.unknown)}.")
        if walk.header.personal:
            said.append(f"{len(walk.header.personal)} kolom tentang orang dibuang.")
        if walk.left_out:
            said.append(f"dilewati: {', '.join(f'{count} {why}' for why, count in walk.left_out.most_common())}.")
        if walk.right:
            said.append(f"{walk.right} baris memuat sel di kanan kolom ke-200 yang tidak dibaca.")
        name = cut(line(walk.sheet.name), 60) if walk.sheet.name else ""
        yield from (f"Lembar “{name}”: {each}" if name else each for each in said)
    if rows != listed:
        yield f"{rows} baris menjadi {listed} permintaan: baris dari paket yang sama digabung, yang persis sama dihitung sekali."


def _named(names: list[str]) -> str:
    shown = ", ".join(f"“{cut(line(name), 60)}”" for name in names[:_MOST_NAMED])
    return shown + (f" dan {len(names) - _MOST_NAMED} lainnya" if len(names) > _MOST_NAMED else "")
