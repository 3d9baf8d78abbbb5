"""`exchange agreement twin`: agreements that another region's node holds too."""

from __future__ import annotations

from typing import Any

import click

from exchange.access.partners import named as partner_named
from exchange.agreements.node import node_of
from exchange.agreements.twins import handshake, peers, views
from exchange.agreements.twins.standing import is_noted, summary
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import BadRequest
from exchange.jobs.twin_check import compare_all, key_of
from exchange.publish.keys import Ring
from exchange.store.twins import TWIN_STATES, TwinRow, all_peers, list_twins, messages_of

_COLUMNS = {
    "twin": "Perkara bersama", "region": "Daerah", "case": "Perkara", "title": "Judul", "state": "Keadaan", "ours": "Kami",
    "theirs": "Mitra", "differences": "Berbeda", "closed_since": "Tertutup sejak",
}  # fmt: skip


@click.group("twin")
def twin() -> None:
    """Perkara yang juga dipegang simpul daerah mitra."""


@twin.command("fingerprint")
@click.pass_obj
def fingerprint(work: Work) -> None:
    """Sidik jari kunci simpul ini, untuk dibacakan kepada kantor mitra."""
    click.echo(peers.fingerprint(Ring(work.settings.data_dir).signing().public))


@twin.command("trust")
@click.argument("region")
@click.argument("url")
@click.option("--fingerprint", "said", help="Sidik jari yang dibacakan kantor mitra; tanpa ini hanya ditampilkan.")
@click.option("--local", is_flag=True, help="Simpulnya di mesin ini (loopback), boleh tanpa TLS.")
@click.pass_context
def trust(ctx: click.Context, region: str, url: str, said: str | None, local: bool) -> None:
    """Percayai simpul daerah REGION di alamat URL, sesudah sidik jari kuncinya dicocokkan lewat telepon."""
    work: Work = ctx.obj
    key, word = key_of(url, local=local, contact=work.settings.contact)
    if said is None:
        click.echo(peers.fingerprint(key.public))
        notes.print("Belum dipercaya. Cocokkan dengan kantor mitra (di sana: … twin fingerprint), lalu ulangi dengan --fingerprint.")
        ctx.exit(1)
    if not peers.same_fingerprint(said, key.public):
        raise BadRequest(
            "Sidik jari itu bukan milik kunci di alamat ini; simpul tidak dipercaya.",
            mend="Periksa alamat dan sidik jarinya dengan kantor mitra.",
        )
    with work.store().work() as session:
        peers.trust(session, work.settings.home_region, region, url, key.kid, word, local=local, actor=actor())
    notes.print(f"Simpul {region} dipercaya dengan kunci {key.kid}. Kantor mitra juga harus mempercayai simpul ini.")


@twin.command("distrust")
@click.argument("region")
@click.pass_obj
def distrust(work: Work, region: str) -> None:
    """Jangan menerima dan mengirim apa pun lagi dari dan ke simpul daerah REGION."""
    with work.store().work() as session:
        peers.distrust(session, region, actor=actor())
    notes.print(f"Simpul {region} tidak dipercaya lagi.")


@twin.command("peers")
@json_option
@click.pass_obj
def list_peers(work: Work, as_json: bool) -> None:
    """Daftar simpul daerah lain."""
    with work.store().read() as session:
        rows = [{"region": row.region, "url": row.url, "state": row.state, "kid": row.kid} for row in all_peers(session)]
    if as_json:
        write_json(rows)
    else:
        write_table("Simpul", rows, {"region": "Daerah", "url": "Alamat", "state": "Keadaan", "kid": "Kunci"})


@twin.command("offer")
@click.argument("ident")
@click.option("--peer", "region", required=True, help="Daerah yang simpulnya ditawari.")
@click.option("--note", help="Catatan bagi petugas di sana.")
@click.pass_obj
def offer(work: Work, ident: str, region: str, note: str | None) -> None:
    """Tawarkan perkara IDENT kepada simpul mitra untuk dipegang bersama."""
    with work.store().work() as session:
        row = handshake.offer(session, node_of(work.settings), ident, peers.peer_named(session, region), note=note, actor=actor())
        click.echo(row.ident)
    notes.print("Tawaran menunggu pekerja; jawabannya: exchange agreement twin list")


@twin.command("incoming")
@json_option
@click.pass_obj
def incoming(work: Work, as_json: bool) -> None:
    """Tawaran dari simpul lain yang menunggu jawaban."""
    _list(work, ("incoming",), as_json, "Tawaran")


@twin.command("list")
@json_option
@click.pass_obj
def list_all(work: Work, as_json: bool) -> None:
    """Semua perkara bersama."""
    _list(work, TWIN_STATES, as_json, "Perkara bersama")


def _list(work: Work, states: tuple[str, ...], as_json: bool, title: str) -> None:
    with work.store().read() as session:
        rows = [summary(row) for row in list_twins(session, states=states)]
    if as_json:
        write_json(rows)
    else:
        write_table(title, rows, _COLUMNS)


@twin.command("accept")
@click.argument("ident", metavar="TWIN")
@click.option("--case", "case_ident", help="Perkara yang sudah ada di sini; tanpa ini dibuat yang baru.")
@click.option("--partner", help="Mitra API yang aksesnya mengikuti perkara baru itu.")
@click.pass_obj
def accept(work: Work, ident: str, case_ident: str | None, partner: str | None) -> None:
    """Terima tawaran TWIN ke dalam perkara di sini."""
    if case_ident is not None and partner is not None:
        raise BadRequest("Perkara yang sudah ada punya mitranya sendiri.", mend="Pakai salah satu: --case atau --partner.")
    with work.store().work() as session:
        row = handshake.accept(
            session, node_of(work.settings), ident, case_ident=case_ident,
            partner=partner_named(session, partner) if partner else None, actor=actor(), on=work.settings.day(),
        )  # fmt: skip
        assert row.case is not None
        click.echo(row.case.ident)


@twin.command("refuse")
@click.argument("ident", metavar="TWIN")
@click.option("--note", help="Alasan bagi petugas di sana.")
@click.pass_obj
def refuse(work: Work, ident: str, note: str | None) -> None:
    """Tolak tawaran TWIN."""
    with work.store().work() as session:
        handshake.refuse(session, node_of(work.settings), ident, note=note, actor=actor())
    notes.print("Tawaran ditolak.")


@twin.command("show")
@click.argument("ident", metavar="TWIN")
@json_option
@click.pass_obj
def show(work: Work, ident: str, as_json: bool) -> None:
    """Kedua sisi perkara bersama TWIN berdampingan, dengan yang berbeda."""
    with work.store().read() as session:
        row = handshake.twin_named(session, ident)
        told = summary(row) | {
            "sides": views.both_sides(row.ours, row.theirs), "suggested": views.suggested(row.theirs, row.peer.region),
            "differences": [views.Difference(*one)._asdict() for one in row.differences], "note": row.note,
            "differs_since": row.differs_since, "check_trouble": row.check_trouble,
            "messages": [
                {"direction": one.direction, "number": one.number, "kind": one.kind, "state": one.state, "tries": one.tries,
                 "trouble": one.trouble, "at": one.made_at} for one in messages_of(session, row.id)
            ],
        }  # fmt: skip
        said = _standing(row)
    if as_json:
        write_json(told)
        return
    notes.print(said)
    rows = [side | {"differs": "berbeda" if side["differs"] else ""} for side in told["sides"]]
    write_table("Kami dan mitra", rows, {"part": "Bagian", "name": "Hal", "ours": "Kami", "theirs": "Mitra", "differs": ""})


def _standing(row: TwinRow) -> str:
    case = row.case.ident if row.case else "belum ada perkara di sini"
    parts = [f"{row.ident} dengan {row.peer.region} ({case}), {row.state}; {len(row.differences)} hal berbeda"]
    parts += ["sudah dicatat sebagai diketahui"] if is_noted(row) else []
    parts += ["ditutup mitra, di sini tidak membuka apa pun sampai diperiksa"] if row.closed_since else []
    return "; ".join([*parts, *([row.fork] if row.fork else [])])


@twin.command("check")
@click.argument("ident", metavar="[TWIN]", required=False)
@json_option
@click.pass_context
def check(ctx: click.Context, ident: str | None, as_json: bool) -> None:
    """Bandingkan sekarang dengan simpul mitra, seperti tiap malam; keluar dengan 1 bila ada yang berbeda."""
    work: Work = ctx.obj
    only = None
    if ident is not None:
        with work.store().read() as session:
            only = handshake.twin_named(session, ident).ident
    rows: list[dict[str, Any]] = [one._asdict() for one in compare_all(work.store(), work.settings, only=only)]
    if as_json:
        write_json(rows)
    else:
        write_table("Pembandingan", rows, {"twin": "Perkara bersama", "region": "Daerah", "differences": "Berbeda", "trouble": "Kendala"})
    ctx.exit(1 if any(row["differences"] or row["trouble"] for row in rows) else 0)


@twin.command("resolve")
@click.argument("ident", metavar="TWIN")
@click.option("--note", required=True, help="Apa yang diperiksa, dan dengan siapa di pihak mitra.")
@click.pass_obj
def resolve(work: Work, ident: str, note: str) -> None:
    """Catat bahwa perbedaan pada TWIN sudah diketahui; yang ditutup mitra terbuka lagi hanya bila mitra sendiri sudah membukanya."""
    with work.store().work() as session:
        row = handshake.resolve(session, node_of(work.settings), ident, note=note, actor=actor(), on=work.settings.day())
        said = _standing(row)
    notes.print(said)


@twin.command("close")
@click.argument("ident", metavar="TWIN")
@click.option("--note", help="Alasan bagi petugas di sana.")
@click.pass_obj
def close(work: Work, ident: str, note: str | None) -> None:
    """Berhenti memegang TWIN bersama; perjanjiannya sendiri tidak berubah."""
    with work.store().work() as session:
        handshake.close(session, node_of(work.settings), ident, note=note, actor=actor(), on=work.settings.day())
    notes.print("Perkara bersama ditutup.")
