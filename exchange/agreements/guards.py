"""
What must hold before a step, each rule by its name in the table: a function of the case and of what the step brings.

A guard answers with what is missing, each with its article, and nothing where the step may be taken. Source: PP 28/2018 and UU 23/2014
as docs/agreements.md quotes them; what the law leaves open is policy and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from exchange.agreements import dprd, signing
from exchange.agreements.asking import Asked, Guard, Lack


def object_test(asked: Asked) -> Iterator[Lack]:
    """Pasal 4: in the plan or one of three exceptions, and against nothing that must not be."""
    if not asked.fact("rujukan_rencana") and not asked.fact("pengecualian"):
        yield Lack(
            "rujukan_rencana", "Objek belum dirujuk ke rencana pembangunan daerah dan tidak ada pengecualian.",
            "PP 28/2018 Pasal 4 ayat (2) dan (3)", "Isi rujukan rencana, atau pilih salah satu pengecualian.",
        )  # fmt: skip
    if asked.fact("tidak_bertentangan") is False:
        yield Lack(
            "tidak_bertentangan", "Objek bertentangan dengan kesusilaan, ketertiban umum, kepentingan nasional atau peraturan.",
            "PP 28/2018 Pasal 4 ayat (4)", "Objek seperti itu tidak boleh dikerjasamakan; batalkan perkaranya.",
        )  # fmt: skip


def text_open(asked: Asked) -> Iterator[Lack]:
    """What a frozen text is about is not changed beside it."""
    text = {"penyusunan_kb": "naskah_kb", "penyusunan_pks": "naskah_pks"}.get(asked.case.state)
    if text in asked.case.papers:
        yield Lack(
            text or "", "Naskahnya sudah dibekukan; kecocokan dan objeknya tidak diubah lagi di luar naskah.",
            "kedua pihak menandatangani naskah yang sama", "Buka naskahnya lagi dengan langkah pengisiannya, lalu ulangi.",
        )  # fmt: skip


def initiative_known(asked: Asked) -> Iterator[Lack]:
    """Pasal 17 and 18: with a third party it must be known whose initiative it is."""
    if asked.case.instrument == "ksdpk" and not asked.fact("prakarsa"):
        yield Lack(
            "prakarsa", "Belum diketahui dari siapa prakarsa kerja sama.", "PP 28/2018 Pasal 17 dan 18", "Pilih daerah atau pihak ketiga."
        )


def feasibility_study(asked: Asked) -> Iterator[Lack]:
    """Pasal 17 and 18: a third party needs a feasibility study."""
    if asked.case.instrument == "ksdpk" and "studi_kelayakan" not in asked.case.papers:
        yield Lack(
            "studi_kelayakan", "Studi kelayakan belum ada.", "PP 28/2018 Pasal 17 huruf b dan Pasal 18 ayat (2)",
            "Unggah studi kelayakan, lalu ulangi.",
        )  # fmt: skip


def _verdict(wanted: str) -> Guard:
    def guard(asked: Asked) -> Iterator[Lack]:
        if asked.fact("hasil_telaah") != wanted or "berita_acara_telaah" not in asked.case.papers:
            yield Lack(
                "hasil_telaah", f"TKKSD belum menelaah dengan hasil {wanted}.", "Permendagri 22/2020 (dasar belum diverifikasi)",
                "Catat hasil telaah TKKSD dengan berita acaranya.",
            )  # fmt: skip

    return guard


def nothing_signed(asked: Asked) -> Iterator[Lack]:
    """What was signed ends by one of the grounds of Pasal 9; it is not called off."""
    if asked.case.turn > 1 or {"kb", "nota_kesepakatan"} & asked.case.papers.keys():
        yield Lack("kb", "Sudah ada naskah yang ditandatangani.", "PP 28/2018 Pasal 9 ayat (1)", "Akhiri dengan salah satu dasarnya.")


def something_signed(asked: Asked) -> Iterator[Lack]:
    """Only what was signed can end."""
    if asked.case.turn == 1 and not {"kb", "nota_kesepakatan"} & asked.case.papers.keys():
        yield Lack("kb", "Belum ada naskah yang ditandatangani.", "PP 28/2018 Pasal 9 ayat (1)", "Batalkan perkaranya.")


def _same_text(paper: str, fact: str, called: str) -> Guard:
    def guard(asked: Asked) -> Iterator[Lack]:
        ours, theirs = asked.case.papers.get(paper), asked.fact(fact)
        if ours and theirs and ours != theirs:
            yield Lack(
                fact, f"Naskah {called} pada mitra bukan naskah yang dibekukan di sini ({ours[:12]}… dan {str(theirs)[:12]}…).",
                "kedua pihak menandatangani naskah yang sama", "Samakan naskahnya dengan mitra, bekukan lagi, lalu tanda tangani.",
            )  # fmt: skip

    return guard


def _term(begin: str, end: str, called: str, *, in_kb: bool) -> Guard:
    def guard(asked: Asked) -> Iterator[Lack]:
        starts, ends = asked.case.day(begin), asked.case.day(end)
        if starts is None or ends is None:
            return
        if ends <= starts:
            yield Lack(end, f"Masa {called} berakhir sebelum mulai.", "kesepakatan para pihak", "Perbaiki tanggal mulai atau berakhirnya.")
        elif ends > years_on(starts, asked.policy.most_years) and not asked.fact("dasar_jangka_waktu"):
            yield Lack(
                "dasar_jangka_waktu", f"Masa {called} lebih dari {asked.policy.most_years} tahun.",
                "kebijakan; PP 28/2018 tidak membatasi jangka waktu", "Isi dasar jangka waktu di luar kebijakan, atau perpendek.",
            )  # fmt: skip
        kb_ends = asked.case.day("kb_berakhir")
        if in_kb and asked.policy.within_kb and kb_ends is not None and ends > kb_ends:
            yield Lack(
                end, f"Masa {called} melampaui Kesepakatan Bersama ({kb_ends.isoformat()}).", "kebijakan: PKS dalam masa KB",
                "Perpendek masanya; perpanjangan adalah perkara baru.",
            )  # fmt: skip

    return guard


def years_on(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def has_objects(asked: Asked) -> Iterator[Lack]:
    """A contract opens its objects alone: without any that is classified it would open nothing."""
    if not any(one.sector or one.kbli for one in asked.case.objects):
        yield Lack(
            "objek", "Belum ada objek dengan sektor atau KBLI.", "PP 28/2018 Pasal 4", "Tambahkan objek: komoditas dengan sektor atau KBLI."
        )


def _runs(begin: str, end: str, called: str) -> Guard:
    def guard(asked: Asked) -> Iterator[Lack]:
        starts, ends = asked.case.day(begin), asked.case.day(end)
        if starts is not None and asked.given.on < starts:
            yield Lack(begin, f"{called} baru berlaku {starts.isoformat()}.", "kesepakatan para pihak", "Tunggu sampai tanggal itu.")
        if ends is not None and asked.given.on > ends:
            yield Lack(
                end, f"{called} sudah lewat masanya ({ends.isoformat()}).", "PP 28/2018 Pasal 9 ayat (1) huruf a", "Akhiri perkaranya."
            )

    return guard


def days_past(asked: Asked) -> Iterator[Lack]:
    """What is recorded as done was not done tomorrow; and what follows is not older than what it follows."""
    for name, said in asked.given.facts.items():
        if name.startswith("tanggal_") and isinstance(said, str) and date.fromisoformat(said) > asked.given.on:
            yield Lack(name, f"{name.replace('_', ' ')} {said} belum tiba.", "pencatatan", "Catat sesudah terjadi.")
    kb, pks = asked.case.day("tanggal_kb"), asked.case.day("tanggal_pks")
    if "tanggal_pks" in asked.given.facts and kb and pks and pks < kb:
        yield Lack(
            "tanggal_pks", "Perjanjian Kerja Sama lebih tua dari Kesepakatan Bersama.", "PP 28/2018 Pasal 6 ayat (1)", "Periksa tanggalnya."
        )


_LEADER = re.compile(r"\b(per)?ganti\w*\s+(wali\s*kota|bupati|gubernur|kepala\s+daerah|pimpinan|kepemimpinan|pejabat|kepala\s+dinas)", re.I)


def not_for_a_change_of_leader(asked: Asked) -> Iterator[Lack]:
    """Pasal 9(2): a change of leadership ends nothing, and suspends nothing."""
    if _LEADER.search(str(asked.fact("alasan") or "")):
        yield Lack(
            "alasan",
            "Pergantian kepemimpinan bukan alasan.",
            "PP 28/2018 Pasal 9 ayat (2)",
            "Sebut alasan lain, atau biarkan kerja sama berjalan.",
        )


def ground_holds(asked: Asked) -> Iterator[Lack]:
    """Pasal 9(1) a to e, for third parties also Pasal 22(2); a term that is over must be over."""
    ground = asked.fact("dasar_akhir")
    if ground in {"putusan_pengadilan", "pailit"} and asked.case.instrument != "ksdpk":
        yield Lack("dasar_akhir", "Dasar ini hanya untuk pihak ketiga.", "PP 28/2018 Pasal 22 ayat (2)", "Pilih salah satu dasar Pasal 9.")
    ends = asked.case.day("pks_berakhir") or asked.case.day("kb_berakhir") or asked.case.day("nk_berakhir")
    if ground == "jangka_waktu" and (ends is None or asked.given.on <= ends):
        yield Lack(
            "dasar_akhir", f"Jangka waktunya belum habis ({ends.isoformat() if ends else 'tidak diketahui'}).",
            "PP 28/2018 Pasal 9 ayat (1) huruf a", "Tunggu, atau pilih dasar yang lain.",
        )  # fmt: skip


GUARDS: dict[str, Guard] = {
    "object_test": object_test,
    "text_open": text_open,
    "initiative_known": initiative_known,
    "feasibility_study": feasibility_study,
    "verdict_feasible": _verdict("layak"),
    "verdict_revise": _verdict("revisi"),
    "nothing_signed": nothing_signed,
    "something_signed": something_signed,
    "same_kb_text": _same_text("naskah_kb", "hash_kb_mitra", "Kesepakatan Bersama"),
    "same_pks_text": _same_text("naskah_pks", "hash_pks_mitra", "Perjanjian Kerja Sama"),
    "kb_signed_by_heads": signing.kb_signed_by_heads,
    "pks_signed_with_authority": signing.signed_with_authority("penandatangan_pks"),
    "addendum_signed_with_authority": signing.signed_with_authority("penandatangan_adendum"),
    "nk_signed_by_head": signing.nk_signed_by_head,
    "kb_written_for_heads": signing.kb_written_for_heads,
    "kb_signed_as_written": signing.signed_as_written("kb", "Kesepakatan Bersama"),
    "pks_written_with_authority": signing.pks_written_with_authority,
    "pks_signed_as_written": signing.signed_as_written("pks", "Perjanjian Kerja Sama"),
    "kb_term": _term("kb_mulai", "kb_berakhir", "Kesepakatan Bersama", in_kb=False),
    "pks_term": _term("pks_mulai", "pks_berakhir", "Perjanjian Kerja Sama", in_kb=True),
    "has_objects": has_objects,
    "term_runs": _runs("pks_mulai", "pks_berakhir", "Perjanjian Kerja Sama"),
    "nk_runs": _runs("tanggal_nk", "nk_berakhir", "Nota Kesepakatan"),
    "days_past": days_past,
    "not_for_a_change_of_leader": not_for_a_change_of_leader,
    "ground_holds": ground_holds,
    "dprd_needed": dprd.dprd_needed,
    "dprd_not_needed": dprd.dprd_not_needed,
    "dprd_answer_current": dprd.dprd_answer_current,
    "budget_year_runs": dprd.budget_year_runs,
    "budget_year_turned": dprd.budget_year_turned,
}
