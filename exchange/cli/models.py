"""`exchange evaluate decisions` and `exchange evaluate models`: learning from what staff decided, and which model is in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import BadRequest, ExchangeError
from exchange.store.audit import audit

if TYPE_CHECKING:
    from exchange.matching.learn_decisions import Learned
    from exchange.matching.models import Models
    from exchange.matching.probability import Model

_TOLD_WEIGHTS = 4


@click.command("decisions")
@click.option("--learn", is_flag=True, help="Belajar model baru dari keputusan; dipakai bila terbukti lebih baik.")
@click.option("--use", is_flag=True, help="Bersama --learn: pakai model baru walaupun belum terbukti lebih baik.")
@json_option
@click.pass_obj
def decisions_command(work: Work, learn: bool, use: bool, as_json: bool) -> None:
    """Ukur semua model pada kecocokan yang diterima dan ditolak petugas."""
    from exchange.matching.decisions import read_decisions, versions_in_store
    from exchange.matching.learn_decisions import learn_and_keep, measured
    from exchange.matching.models import Models

    if use and not learn:
        raise BadRequest("--use hanya bersama --learn.", mend="Memakai model yang sudah ada: exchange evaluate models --use VERSI.")
    models = Models(work.settings.models())
    with work.store().read() as session:
        decisions = read_decisions(session, work.settings.home_region, models.in_use())
        taken = versions_in_store(session) if learn else set()
    report: dict[str, Any] = {"decisions": decisions.counts._asdict()}
    if learn:
        learned = learn_and_keep(models, decisions, taken)
        if use or learned.advised:
            put_to_use(work, models, learned.kept.model.version)
        report["learned"] = _compared(learned, used=use or learned.advised)
    report |= {"in_use": models.current(), "models": measured(models, decisions)}
    if as_json:
        write_json(report)
        return
    columns = {"version": "Model", "in_use": "Dipakai", "n": "Pasangan", "log_loss": "Log loss", "brier": "Brier", "auc": "AUC"}
    rows = [row | {"in_use": _mark(row["version"], report["in_use"])} for row in report["models"]]
    write_table("Model pada keputusan petugas", rows, columns | {"broken": "Catatan"} if any("broken" in row for row in rows) else columns)
    notes.print(
        "{accepted} diterima dan {rejected} ditolak, dari {demands} permintaan. Tidak dihitung: {about_deal} penolakan soal harga, "
        "jumlah, waktu dan sejenisnya, {unreadable} tidak terbaca lagi. Belum diputuskan: {undecided}.".format(**report["decisions"])
    )
    if learn:
        notes.print(report["learned"]["says"])


@click.command("models")
@click.option("--use", "version", metavar="VERSI", help="Pakai model ini mulai sekarang, juga untuk kembali ke yang lama.")
@json_option
@click.pass_obj
def models_command(work: Work, version: str | None, as_json: bool) -> None:
    """Daftar model terpasang dan hasil belajar, mana yang dipakai, dan beda bobotnya dengan yang dipakai."""
    from exchange.matching.models import Models

    models = Models(work.settings.models())
    if version is not None:
        put_to_use(work, models, version)
        notes.print(f"Model {version} dipakai. Pencocokan berikutnya memeriksa lagi semua permintaan terbuka: exchange match")
    rows, trouble = _listed(models)
    if as_json:
        write_json({"in_use": next((row["version"] for row in rows if row["in_use"]), None), "models": rows})
    else:
        table = [row | {"in_use": "ya" if row["in_use"] else "", "says": row.get("broken") or _differences(row)} for row in rows]
        columns = {"version": "Model", "in_use": "Dipakai", "learned_from": "Belajar dari", "says": "Beda dengan yang dipakai"}
        write_table("Model", table, columns)
    if trouble is not None:
        raise trouble


def put_to_use(work: Work, models: Models, version: str) -> None:
    """Put a model into use and on record; where the record cannot be written, what was in use stays."""
    try:
        before: str | None = models.current()
    except ExchangeError:  # what is broken may be replaced
        before = None
    with work.store().work() as session:
        audit(session, actor(), "model.use", "model", version, before=before, after=version)
        session.flush()
        models.use(version)


def _listed(models: Models) -> tuple[list[dict[str, Any]], ExchangeError | None]:
    """Every model as a row, and what keeps the one in use from being read."""
    trouble: ExchangeError | None = None
    current, base = None, None
    try:
        current = models.current()
        base = models.read(current).model
    except ExchangeError as error:
        trouble = error
    rows = []
    for version in models.versions():
        row: dict[str, Any] = {"version": version, "in_use": version == current}
        try:
            model, told = models.read(version)
        except ExchangeError as error:
            rows.append(row | {"broken": error.message})
            continue
        row = {**told, **model.record(), **row}
        rows.append(row if base is None else row | {"difference": _difference(model, base)})
    return rows, trouble


def _difference(model: Model, base: Model) -> dict[str, float]:
    """By how much each weight is above the base's, where it is another."""
    own, others = ({**one.weights, "intercept": one.intercept} for one in (model, base))
    return {name: round(own[name] - others[name], 4) for name in own if own[name] != others[name]}


def _differences(row: Mapping[str, Any]) -> str:
    """The largest differences of a row in words."""
    largest = sorted(row.get("difference", {}).items(), key=lambda one: -abs(one[1]))
    said = ", ".join(f"{name} {value:+.2f}" for name, value in largest[:_TOLD_WEIGHTS])
    return said + (f" dan {len(largest) - _TOLD_WEIGHTS} lagi" if len(largest) > _TOLD_WEIGHTS else "")


def _mark(version: str, in_use: str) -> str:
    return "ya" if version == in_use else ""


def _compared(learned: Learned, *, used: bool) -> dict[str, Any]:
    version = learned.kept.model.version
    low, high = learned.interval
    way = "lebih baik" if learned.gain > 0 else "lebih buruk" if learned.gain < 0 else "sama"
    says = f"Model {version} disimpan; log loss-nya {way}, selisih {learned.gain:+.4f} (95 %: {low:+.4f} sampai {high:+.4f})."
    if low <= 0 < learned.gain:
        says += " Selisih itu masih mungkin kebetulan."
    if not learned.enough:
        says += " Petugas baru memutuskan sebagian kecil dari yang diusulkan, sehingga keputusan itu mungkin bukan contoh yang mewakili."
    if used:
        says += " Ia dipakai mulai sekarang; jalankan: exchange match"
    else:
        says += f" Ia belum dipakai; bila dikehendaki: exchange evaluate models --use {version}"
    told = {"version": version, "base": learned.kept.told["base"], "gain": learned.gain, "gain_interval": learned.interval}
    return told | {"enough_decided": learned.enough, "used": used, "says": says}
