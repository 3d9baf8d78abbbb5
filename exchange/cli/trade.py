"""`exchange trade`: deals with buyers, from the match to the last delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.cli.trade_records import records, tell, whole
from exchange.errors import BadRequest
from exchange.store.deal_lists import DealFilter, list_deals
from exchange.store.trade import DealRow, deal_by_ident, incoming_orders
from exchange.trade import offering
from exchange.trade.begin import begin as begin_deal
from exchange.trade.begin import begin_together, combinations, mark
from exchange.trade.deliveries import correct as correct_delivery
from exchange.trade.deliveries import deliver as record_delivery
from exchange.trade.lines import add_lines, remove_lines
from exchange.trade.rules import STATES
from exchange.trade.under import AUTOMATIC


@click.group("trade")
def trade() -> None:
    """Dagang: dari kecocokan ke penawaran, pesanan dan penerimaan."""


def _versioned(command: Callable[..., Any]) -> Callable[..., Any]:
    says = "Versi yang Anda lihat; tanpa ini yang sekarang."
    return click.option("--version", "version", type=int, help=says)(click.argument("ident")(json_option(click.pass_obj(command))))


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise BadRequest(f"Tanggal {str(said)[:20]!r} tidak dapat dibaca.", mend="Pakai YYYY-MM-DD, misalnya 2026-12-31.") from None


def _number(said: str | None) -> Decimal | None:
    try:
        return Decimal(said) if said is not None else None
    except InvalidOperation:
        raise BadRequest(f"Bilangan {str(said)[:20]!r} tidak dapat dibaca.", mend="Pakai titik desimal, misalnya 1250.5.") from None


def _at(said: Iterable[str], parts: int, shape: str) -> list[list[str]]:
    """`1:10:600000` as its parts; raises BadRequest where there are fewer or more."""
    found = [one.split(":", parts - 1) for one in said]
    for one in found:
        if len(one) < 2 or not (one[0].isascii() and one[0].isdigit()):
            raise BadRequest(f"{':'.join(one)[:40]!r} tidak dapat dibaca.", mend=f"Tulis {shape}.")
    return found


@trade.command("list")
@click.option("--state", type=click.Choice(STATES), help="Hanya yang dalam keadaan ini.")
@click.option("--region", help="Hanya daerah pembeli ini; provinsi mencakup kota dan kabupatennya.")
@click.option("--firm", help="Hanya yang memuat usaha ini (nama publiknya).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@click.pass_obj
def list_trade(work: Work, state: str | None, region: str | None, firm: str | None, limit: int, as_json: bool) -> None:
    """Daftar dagang, yang terakhir di atas, dan pesanan mitra yang belum diambil alih."""
    with work.store().read() as session:
        rows = list_deals(session, DealFilter(state=state, region=region, business=firm), limit=limit)
        told = records(session, rows)
        waiting = [
            {"match": match.id, "demand": match.demand.ident, "product": match.product.sku, "value": answer.value, "at": answer.at}
            for answer, match in incoming_orders(session)
        ]
    if as_json:
        write_json({"deals": told, "incoming": waiting})
        return
    columns = {
        "ident": "Dagang", "state": "Keadaan", "demand_title": "Permintaan", "agreement": "Perjanjian", "offered_value": "Ditawarkan",
        "ordered_value": "Dipesan", "delivered_value": "Diterima", "version": "Versi",
    }  # fmt: skip
    write_table("Dagang", told, columns)
    if waiting:
        write_table("Pesanan masuk", waiting, {"match": "Kecocokan", "demand": "Permintaan", "product": "Produk", "value": "Nilai"})
        notes.print("Ambil alih: exchange trade begin --match KECOCOKAN --accept")


@trade.command("show")
@click.argument("ident")
@json_option
@click.pass_obj
def show(work: Work, ident: str, as_json: bool) -> None:
    """Satu dagang: baris, penerimaan dan riwayatnya."""
    with work.store().read() as session:
        told = whole(session, ident)
    if as_json:
        write_json(told)
        return
    facts = {name: value for name, value in told.items() if name not in {"lines", "deliveries", "steps"}}
    write_table(ident, [{"what": name, "says": value} for name, value in facts.items()], {"what": "", "says": ""})
    columns = {
        "position": "Baris", "producer_name": "Usaha", "product_name": "Produk", "quantity": "Jumlah", "unit_said": "Satuan",
        "price": "Harga", "value": "Nilai", "ordered_quantity": "Dipesan", "delivered_quantity": "Diterima", "commodity": "Objek",
    }  # fmt: skip
    write_table("Baris", told["lines"], columns)
    write_table("Penerimaan", told["deliveries"], {"number": "Nomor", "line": "Baris", "day": "Tanggal", "quantity": "Jumlah",
                                                   "value": "Nilai", "reference": "Bukti", "reason": "Alasan"})  # fmt: skip
    write_table("Riwayat", told["steps"], {"number": "Versi", "at": "Kapan", "actor": "Siapa", "step": "Langkah", "after": "Menjadi"})


@trade.command("begin")
@click.option("--match", "matches", type=int, multiple=True, help="Nomor kecocokan satu permintaan; boleh berulang.")
@click.option("--demand", help="Mulai dari gabungan usaha permintaan ini.")
@click.option("--combination", type=click.IntRange(1), default=1, show_default=True, help="Gabungan ke berapa.")
@click.option("--accept", is_flag=True, help="Terima sekaligus kecocokan yang belum diputuskan.")
@json_option
@click.pass_obj
def begin(work: Work, matches: tuple[int, ...], demand: str | None, combination: int, accept: bool, as_json: bool) -> None:
    """Mulai dagang dari kecocokan yang diterima, atau dari gabungan beberapa usaha."""
    if bool(matches) == bool(demand):
        raise BadRequest("Sebut --match atau --demand, salah satu.", mend="Kecocokan ada di halaman /kecocokan.")
    day = work.settings.day()
    with work.store().work() as session:
        if demand:
            found = combinations(session, demand)
            seen = mark(found[combination - 1][0]) if combination <= len(found) else ""
            row = begin_together(session, demand, combination - 1, seen, actor=actor(), day=day)
        else:
            row = begin_deal(session, matches, actor=actor(), day=day, accepting=accept)
        ident = row.ident
    tell(work, ident, as_json)


@trade.command("draft")
@click.option("--line", "lines", multiple=True, help="BARIS:JUMLAH:HARGA[:ALASAN HARGA]; boleh berulang.")
@click.option("--drop", "drops", type=int, multiple=True, help="Baris yang dihapus; boleh berulang.")
@click.option("--terms", help="Syarat pembayaran dan penyerahan.")
@click.option("--agreement", default=AUTOMATIC, show_default=True, help="Perjanjiannya, atau: otomatis, tanpa.")
@_versioned
def draft(work: Work, ident: str, version: int | None, as_json: bool, lines: tuple[str, ...], drops: tuple[int, ...],
          terms: str | None, agreement: str) -> None:  # fmt: skip
    """Susun penawaran IDENT: jumlah dan harga tiap baris, syarat, perjanjian."""
    wordings = [offering.Wording(position=line, drop=True) for line in drops]
    for line, amount, *more in _at(lines, 4, "BARIS:JUMLAH:HARGA[:ALASAN]"):
        price, why = more[0] if more else None, more[1] if len(more) > 1 else None
        wordings.append(offering.Wording(position=int(line), quantity=_number(amount), price=_number(price), price_reason=why))
    day = work.settings.day()
    with work.store().work() as session:
        kept = deal_by_ident(session, ident)
        said = kept.terms if terms is None and kept is not None else terms
        offering.draft(session, ident, version, wordings, terms=said, agreement=agreement, actor=actor(), day=day)
    tell(work, ident, as_json)


@trade.command("add")
@click.option("--match", "matches", type=int, multiple=True, help="Nomor kecocokan permintaan yang sama; boleh berulang.")
@click.option("--accept", is_flag=True, help="Terima sekaligus kecocokan yang belum diputuskan.")
@_versioned
def add(work: Work, ident: str, version: int | None, as_json: bool, matches: tuple[int, ...], accept: bool) -> None:
    """Tambah baris ke dagang IDENT yang masih disusun."""
    with work.store().work() as session:
        add_lines(session, ident, version, matches, actor=actor(), day=work.settings.day(), accepting=accept)
    tell(work, ident, as_json)


@trade.command("remove")
@click.option("--line", "lines", type=int, multiple=True, help="Baris yang dikeluarkan; boleh berulang.")
@_versioned
def remove(work: Work, ident: str, version: int | None, as_json: bool, lines: tuple[int, ...]) -> None:
    """Keluarkan baris dari dagang IDENT yang masih disusun; kecocokannya bebas lagi."""
    with work.store().work() as session:
        remove_lines(session, ident, version, lines, actor=actor(), day=work.settings.day())
    tell(work, ident, as_json)


@trade.command("offer")
@click.option("--number", help="Nomor surat penawaran.")
@click.option("--date", "dated", help="Tanggal surat, YYYY-MM-DD; tanpa ini hari ini.")
@click.option("--valid-until", help="Hari terakhir penawaran berlaku, YYYY-MM-DD.")
@_versioned
def offer(
    work: Work, ident: str, version: int | None, as_json: bool, number: str | None, dated: str | None, valid_until: str | None
) -> None:
    """Kirim penawaran IDENT: suratnya berlaku, dan mitra yang meminta membacanya."""
    day = work.settings.day()
    with work.store().work() as session:
        letter = {"letter_date": _day(dated) or day, "valid_until": _day(valid_until)}
        _, warnings = offering.offer(session, ident, version, letter_number=number, **letter, actor=actor(), day=day)
    tell(work, ident, as_json, warnings)


@trade.command("answer")
@_versioned
@click.argument("answer", metavar="ANSWER", type=click.Choice(["interested", "declined"]))
@click.option("--reason", help="Alasannya; wajib untuk declined.")
def answer(work: Work, ident: str, version: int | None, as_json: bool, answer: str, reason: str | None) -> None:
    """Catat jawaban pembeli atas penawaran IDENT: interested atau declined."""
    with work.store().work() as session:
        offering.answer(session, ident, version, said=answer, reason=reason, actor=actor())
    tell(work, ident, as_json)


@trade.command("order")
@click.option("--number", help="Nomor pesanan.")
@click.option("--date", "dated", help="Tanggal pesanan, YYYY-MM-DD; tanpa ini hari ini.")
@click.option("--line", "lines", multiple=True, help="BARIS:JUMLAH[:NILAI]; tanpa ini semua yang ditawarkan.")
@click.option("--beyond", help="Mengapa boleh melampaui penawaran.")
@_versioned
def order(work: Work, ident: str, version: int | None, as_json: bool, number: str | None, dated: str | None, lines: tuple[str, ...],
          beyond: str | None) -> None:  # fmt: skip
    """Catat pesanan atas penawaran IDENT."""
    day = work.settings.day()
    asked: dict[int, tuple[Decimal, Decimal | None]] = {}
    for line, amount, *value in _at(lines, 3, "BARIS:JUMLAH[:NILAI]"):
        asked[int(line)] = _number(amount) or Decimal(0), _number(value[0]) if value else None
    with work.store().work() as session:
        said = {"order_number": number, "order_date": _day(dated) or day, "lines": asked or None, "beyond": beyond}
        offering.order(session, ident, version, **said, actor=actor(), day=day)  # type: ignore[arg-type]
    tell(work, ident, as_json)


@trade.command("deliver")
@click.option("--line", type=int, default=1, show_default=True, help="Barisnya.")
@click.option("--date", "dated", help="Tanggal diterima, YYYY-MM-DD; tanpa ini hari ini.")
@click.option("--quantity", help="Jumlah yang diterima.")
@click.option("--value", help="Nilainya; tanpa ini menurut pesanan.")
@click.option("--reference", help="Di mana buktinya, misalnya nomor berita acara.")
@_versioned
def deliver(work: Work, ident: str, version: int | None, as_json: bool, line: int, dated: str | None, quantity: str | None,
            value: str | None, reference: str | None) -> None:  # fmt: skip
    """Catat yang sudah diterima dari pesanan IDENT."""
    day = work.settings.day()
    with work.store().work() as session:
        record_delivery(
            session, ident, version, line=line, on=_day(dated) or day, quantity=_number(quantity), value=_number(value),
            reference=reference, actor=actor(), day=day,
        )  # fmt: skip
    tell(work, ident, as_json)


@trade.command("correct")
@click.option("--delivery", type=int, help="Nomor penerimaan yang dibetulkan.")
@click.option("--less", help="Berapa kurangnya; tanpa ini seluruhnya.")
@click.option("--value", help="Berapa nilainya berkurang; tanpa ini dihitung.")
@click.option("--reason", help="Alasannya.")
@_versioned
def correct(work: Work, ident: str, version: int | None, as_json: bool, delivery: int | None, less: str | None, value: str | None,
            reason: str | None) -> None:  # fmt: skip
    """Betulkan penerimaan IDENT dengan baris pengurang; yang lama tetap tercatat."""
    with work.store().work() as session:
        said = {"less": _number(less), "value": _number(value)}
        correct_delivery(session, ident, version, delivery=delivery, **said, reason=reason, actor=actor())
    tell(work, ident, as_json)


def _reasoned(name: str, says: str, act: Callable[..., DealRow]) -> None:
    @trade.command(name, help=says)
    @click.option("--reason", help="Alasannya.")
    @_versioned
    def command(work: Work, ident: str, version: int | None, as_json: bool, reason: str | None) -> None:
        with work.store().work() as session:
            act(session, ident, version, reason=reason, actor=actor())
        tell(work, ident, as_json)


_reasoned("revise", "Susun ulang penawaran IDENT; suratnya yang lama tidak berlaku lagi.", offering.revise)
_reasoned("close", "Tutup dagang IDENT yang diterima kurang dari pesanan.", offering.close)
_reasoned("cancel", "Batalkan dagang IDENT yang belum diterima apa pun.", offering.cancel)
