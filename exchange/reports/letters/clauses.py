"""
Articles that several deeds share, in the project's own words, each with what it stands on.

Source
  PP 28/2018 Pasal 2, 8, 9, 13, 19, 21, 22; UU 23/2014 Pasal 370; UU 27/2022 Pasal 35, 36, 46, 55. What a deed between regions must hold
  is for Permendagri 22/2020 to say (PP 28/2018 Pasal 6(4)); its text is not at hand, so articles beyond the PP are marked as unverified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from exchange.reports.blocks import Block, Item, Items, Para, Run, Runs
from exchange.reports.facts import Party
from exchange.reports.filling import Filling, numbered
from exchange.reports.letters.own_text import Part, parts_of
from exchange.reports.parts import ORDER, UNVERIFIED, article, sentence


class Deed:
    """Counts the articles of one deed; a draft marks those whose basis is not verified."""

    def __init__(self, fill: Filling, name: str) -> None:
        self.fill, self.name, self._number = fill, name, 0

    def article(self, title: str, *body: Block, verified: bool = False, note: str = "") -> Iterator[Block]:
        """The next article: its heading, then its body. note: what a draft remarks on one that is verified."""
        self._number += 1
        yield article(self._number, title, note=note if verified else UNVERIFIED)
        yield from body

    def say(self, template: str, *runs: Run) -> Runs:
        """Own words with facts."""
        return self.fill.text(template, *runs)


def purpose(deed: Deed, purposes: Sequence[str], goals: Sequence[str], *, verified: bool = False) -> Iterator[Block]:
    """Intent and aim."""
    yield from deed.article(
        "Maksud dan Tujuan",
        numbered(
            (deed.say(f"{deed.name} ini dimaksudkan untuk:"), deed.fill.letters(purposes, "maksud kerja sama")),
            (deed.say(f"{deed.name} ini bertujuan untuk:"), deed.fill.letters(goals, "tujuan kerja sama")),
        ),
        verified=verified,
    )


def object_and_scope(deed: Deed, object_: str | None, scope: Sequence[str], *, verified: bool, attached: str = "") -> Iterator[Block]:
    """What the cooperation is about (PP 28/2018 Pasal 4, 16), and what it covers."""
    told = deed.say(f"Objek {deed.name} ini adalah {{}}.", sentence(deed.fill.value(object_, "objek kerja sama")))
    more = (
        (deed.say(f"Rincian objek tercantum dalam {attached} yang merupakan bagian tidak terpisahkan dari {deed.name} ini."),)
        if attached
        else ()
    )
    yield from deed.article("Objek", numbered(told, *more) if more else Para(told), verified=verified)
    yield from deed.article(
        "Ruang Lingkup",
        Para(deed.say(f"Ruang lingkup {deed.name} ini meliputi:"), stays=True),
        Items(deed.fill.letters(scope, "ruang lingkup")),
        verified=verified,
    )


def term(deed: Deed, starts: date | None, ends: date | None, *, verified: bool) -> Iterator[Block]:
    """From when to when; a longer term needs a paper of its own, since nothing signed is edited."""
    fill = deed.fill
    fill.need(not (starts and ends) or ends > starts, "akhir jangka waktu sesudah awalnya")
    yield from deed.article(
        "Jangka Waktu",
        numbered(
            deed.say(f"{deed.name} ini berlaku sejak tanggal {{}} sampai dengan tanggal {{}}.",
                     fill.day(starts, "awal jangka waktu"), fill.day(ends, "akhir jangka waktu")),
            deed.say("Perpanjangan dilakukan dengan naskah baru melalui tahapan kerja sama yang sama, dan disepakati secara tertulis oleh "
                     "*PARA PIHAK* sebelum jangka waktu berakhir."),
        ),
        verified=verified,
    )  # fmt: skip


def _ruled(deed: Deed, own: Sequence[str], name: str, usual: Sequence[Part], *after: Part) -> Items | Para:
    """The case's own wording, else the project's; then what stands there by law whatever is said. One part alone is a paragraph."""
    parts = [*(parts_of(deed.fill, own, name) or usual), *after]
    only = parts[0]
    return Para(only) if len(parts) == 1 and not isinstance(only[0], tuple) else numbered(*parts)


def followed_up(deed: Deed) -> list[Part]:
    """What a Kesepakatan Bersama is followed by, in the project's words."""
    return [deed.say(f"{deed.name} ini ditindaklanjuti dengan Perjanjian Kerja Sama yang mengatur pelaksanaannya secara rinci.")]


def funded(deed: Deed, funding: str | None) -> Iterator[Block]:
    """Who pays, as it was written: paragraphs, numbered where there are several."""
    parts = parts_of(deed.fill, (funding or "").splitlines(), "pembiayaan") or [(deed.fill.value(None, "pembiayaan"),)]
    yield _ruled(deed, (), "pembiayaan", parts)


def disputes_between(deed: Deed) -> list[Part]:
    """What is tried first between regions, in the project's words."""
    return [deed.say(f"Perselisihan dalam pelaksanaan {deed.name} ini diselesaikan lebih dahulu secara musyawarah oleh *PARA PIHAK*.")]


def disputes_of_regions(deed: Deed, same_province: bool | None, own: Sequence[str] = ()) -> Iterator[Block]:
    """PP 28/2018 Pasal 8 with UU 23/2014 Pasal 370: the governor within a province, else the minister, whatever the parties say before."""
    judge = None if same_province is None else (
        "Gubernur sebagai wakil Pemerintah Pusat" if same_province else "Menteri Dalam Negeri")  # fmt: skip
    by_law = deed.say("Perselisihan yang tidak selesai secara musyawarah disampaikan kepada {} untuk diselesaikan sesuai dengan ketentuan "
                      "peraturan perundang-undangan mengenai penyelesaian perselisihan antardaerah.",
                      deed.fill.value(judge, "pejabat yang menyelesaikan perselisihan (satu provinsi atau bukan)"))  # fmt: skip
    body = _ruled(deed, own, "penyelesaian perselisihan", disputes_between(deed), by_law)
    yield from deed.article("Penyelesaian Perselisihan", body, verified=True)


def disputes_of_third(deed: Deed, forum: str | None) -> list[Part]:
    """PP 28/2018 Pasal 21: talks first, then as the contract says, in the project's words."""
    return [
        deed.say(f"Perselisihan dalam pelaksanaan {deed.name} ini diselesaikan dengan mengutamakan musyawarah untuk mufakat."),
        deed.say("Dalam hal musyawarah tidak mencapai mufakat dalam {} sejak perselisihan diberitahukan secara tertulis, *PARA PIHAK* "
                 "menyelesaikannya melalui {}, sesuai dengan ketentuan peraturan perundang-undangan.",
                 deed.fill.counted(30, "hari kalender", "batas musyawarah"),
                 sentence(deed.fill.value(forum, "pengadilan atau badan arbitrase yang dipilih"))),
    ]  # fmt: skip


def disputes_with_third(deed: Deed, forum: str | None, own: Sequence[str] = ()) -> Iterator[Block]:
    """PP 28/2018 Pasal 21: as the contract says."""
    usual = () if own else disputes_of_third(deed, forum)
    note = "" if own else "batas waktu adalah usulan naskah ini, bukan ketentuan"
    body = _ruled(deed, own, "penyelesaian perselisihan", usual)
    yield from deed.article("Penyelesaian Perselisihan", body, verified=True, note=note)


def how_it_ends(deed: Deed) -> list[Part]:
    """How an ending is written down and what it leaves, in the project's words."""
    return [
        deed.say("Pengakhiran dituangkan dalam berita acara yang memuat alasan, tanggal, dan penyelesaian hak dan kewajiban yang "
                 "masih berjalan."),
        deed.say("Hak dan kewajiban yang timbul sebelum pengakhiran tetap diselesaikan oleh *PARA PIHAK*."),
    ]  # fmt: skip


def ending(deed: Deed, *, third_party: bool = False, own: Sequence[str] = ()) -> Iterator[Block]:
    """PP 28/2018 Pasal 9: five grounds, and a change of leaders is none, by law; with a third party also Pasal 22(2)."""
    grounds = [
        f"jangka waktu {deed.name} ini berakhir", "tujuan kerja sama telah tercapai", "PARA PIHAK bersepakat mengakhirinya",
        "kebijakan berubah berdasarkan ketentuan peraturan perundang-undangan sehingga kerja sama tidak dapat dilaksanakan",
        "objek kerja sama hilang atau musnah",
    ]  # fmt: skip
    if third_party:
        grounds += ["terdapat putusan pengadilan yang telah memperoleh kekuatan hukum tetap", "PIHAK KEDUA dinyatakan pailit"]
    yield from deed.article(
        "Pengakhiran",
        numbered(
            (deed.say(f"{deed.name} ini berakhir dalam hal:"), _alternatives(deed, grounds)),
            deed.say(f"Pergantian kepala daerah atau pejabat *PARA PIHAK* tidak mengakhiri dan tidak menunda {deed.name} ini."),
            *(parts_of(deed.fill, own, "tata cara pengakhiran") or how_it_ends(deed)),
        ),
        verified=True,
    )  # fmt: skip


def _alternatives(deed: Deed, grounds: Sequence[str]) -> tuple[Item, ...]:
    items = deed.fill.letters(grounds, "alasan pengakhiran")
    return tuple(Item(i.label, tuple(Run(run.text.replace("; dan", "; dan/atau")) for run in i.runs)) for i in items)


def how_it_changes(deed: Deed) -> list[Part]:
    """Amendments by addendum with its own signature, in the project's words."""
    return [deed.say(f"Hal yang belum diatur dan perubahan atas {deed.name} ini ditetapkan dengan adendum yang disepakati dan "
                     f"ditandatangani *PARA PIHAK*, dan menjadi bagian tidak terpisahkan dari {deed.name} ini.")]  # fmt: skip


def changes(deed: Deed, own: Sequence[str] = ()) -> Iterator[Block]:
    """Amendments."""
    yield from deed.article("Perubahan", _ruled(deed, own, "perubahan", how_it_changes(deed)))


def beyond_power(deed: Deed) -> list[Part]:
    """Circumstances beyond the parties' power, in the project's words."""
    return [
        deed.say("Keadaan kahar adalah keadaan di luar kemampuan *PARA PIHAK* yang secara langsung menghalangi pelaksanaan kewajiban, "
                 "antara lain bencana alam, wabah, kerusuhan, dan perubahan kebijakan pemerintah."),
        deed.say("Pihak yang mengalami keadaan kahar memberitahukannya secara tertulis kepada pihak lain paling lambat {} sejak "
                 "keadaan itu terjadi, disertai bukti.", deed.fill.counted(14, "hari kalender", "batas pemberitahuan")),
        deed.say("Kewajiban yang terhalang ditunda selama keadaan kahar berlangsung, dan kelanjutannya dibicarakan oleh *PARA PIHAK*."),
    ]  # fmt: skip


def force_majeure(deed: Deed, own: Sequence[str] = ()) -> Iterator[Block]:
    """Circumstances beyond the parties' power."""
    yield from deed.article("Keadaan Kahar", _ruled(deed, own, "keadaan kahar", beyond_power(deed)))


def when_addresses_change(deed: Deed) -> list[Part]:
    """What else is said of letters, in the project's words."""
    return [deed.say("Perubahan alamat diberitahukan secara tertulis dan berlaku sejak pemberitahuan diterima.")]


def correspondence(deed: Deed, parties: Sequence[Party], own: Sequence[str] = ()) -> Iterator[Block]:
    """Where each side gets its letters: an office, its mailbox and its telephone; then what else is said of letters."""
    fill, parts = deed.fill, []
    for n, party in enumerate(parties):
        side = f"PIHAK {ORDER[n]}"
        say: Callable[[str | None, str], Run] = lambda value, name, side=side: fill.value(value, f"{name} {side}")  # type: ignore[misc]  # noqa: E731
        parts.append(Item(f"{'ab'[n]}.", (
            *deed.say(f"*{side}*: {{}}", say(party.contact_office, "kantor korespondensi")),
            *deed.say("\nalamat: {}", say(party.contact_address, "alamat korespondensi")),
            *(deed.say(", kode pos {}", code) if (code := fill.optional(party.contact_postcode, f"kode pos {side}")) else ()),
            *deed.say("\npos-el: {}; telepon: {}", say(party.contact_mail, "pos-el korespondensi"), say(party.contact_phone,
                "telepon korespondensi")),
        )))  # fmt: skip
    yield from deed.article(
        "Korespondensi",
        numbered(
            (deed.say("Surat-menyurat mengenai pelaksanaan kerja sama disampaikan secara tertulis kepada:"), tuple(parts)),
            *(parts_of(fill, own, "ketentuan surat-menyurat") or when_addresses_change(deed)),
        ),
    )  # fmt: skip


def data_exchange(deed: Deed, fields: Sequence[str]) -> Iterator[Block]:
    """What data go over, and UU 27/2022: security (35), confidentiality (36), both protect (55), breaches told in 3 × 24 h (46)."""
    yield from deed.article(
        "Pertukaran dan Pelindungan Data",
        numbered(
            (deed.say("Selama jangka waktu, *PARA PIHAK* bertukar data yang diperlukan untuk melaksanakan ruang lingkup, yaitu:"),
             deed.fill.letters(fields, "data yang dipertukarkan")),
            deed.say("Data hanya digunakan untuk melaksanakan kerja sama ini dan tidak diteruskan kepada pihak lain tanpa persetujuan "
                     "tertulis."),
            deed.say("Dalam hal data memuat data pribadi, masing-masing pihak melindunginya sesuai dengan Undang-Undang Nomor 27 Tahun "
                     "2022 tentang Pelindungan Data Pribadi, menjaga keamanan dan kerahasiaannya, dan membatasinya pada kontak jabatan."),
            deed.say("Kegagalan pelindungan data pribadi diberitahukan secara tertulis kepada pihak lain, kepada subjek data, dan "
                     "kepada lembaga yang berwenang paling lambat {} jam.", Run("3 x 24 (tiga kali dua puluh empat)")),
            deed.say("Akses data ditutup pada saat kerja sama berakhir; catatan akses tetap disimpan sebagai bukti."),
        ),
    )  # fmt: skip


def final(deed: Deed, copies: int = 2) -> Iterator[Block]:
    """The close of the deed."""
    yield from deed.article("Penutup")
    yield Para(
        deed.say(f"Demikian {deed.name} ini dibuat dengan iktikad baik dalam rangkap {{}} asli yang mempunyai kekuatan hukum yang sama, "
                 "dan ditandatangani oleh *PARA PIHAK* pada hari, tanggal, dan tempat yang disebut pada awal naskah ini.",
                 deed.fill.counted(copies, "naskah", "jumlah rangkap")),
        stays=True,
    )  # fmt: skip
