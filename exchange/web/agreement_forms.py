"""What a form of a step sends: fields by kind, signers and objects as rows, files; read as the rules want it, and kept for the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from exchange.agreements import values
from exchange.agreements.case import Case, Object
from exchange.agreements.objects import MEMBERS, objects_as_json, read_objects
from exchange.agreements.rules import Field, Rules, Step
from exchange.errors import BadRequest
from exchange.web import typed
from exchange.web.told import said_of

SIGNERS_EACH = 3
SPARE_ROWS = 1
MORE = "tambah"  # the button that asks for an empty row
SIGNER_MEMBERS = ("nama", "jabatan", "peran", "kuasa_nomor", "kuasa_tanggal", "kuasa_lingkup")
_OF_A_SIGNER = re.compile(rf"-({'|'.join(values.SIDES)})-\d+-[a-z_]+$")
Form = MultiDict[str, str]


@dataclass
class Sent:
    """
    What a form sent for a step, and what became of it, for the page that answers.

    errors: by field, paper or `objek-N`, what is wrong with it; lacks: what the step lacks; last: who was faster, None where nobody was.
    """

    step: str
    form: Form
    errors: dict[str, list[str]] = field(default_factory=dict)
    lacks: list[Any] = field(default_factory=list)
    said: str | None = None
    last: Mapping[str, Any] | None = None

    def wrong(self, name: str, says: str) -> None:
        """Note what is wrong with one thing."""
        self.errors.setdefault(name, []).append(says)


def read_facts(rules: Rules, step: Step, case: Case, form: Form) -> dict[str, Any]:
    """
    The fields that the form fills in; what stands there already is not sent again, unless the step wants it anew.

    A field that the step does not take is among them where it was sent, so that it is refused and not passed over.
    """
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*step.fields, *step.may, *_fields_in(form))):
        one = rules.fields.get(name)
        said: Any = read_signers(name, form) if one and one.kind == "signers" else form.get(f"isi-{name}", "").strip()
        if said in ("", []):
            continue
        if one is None or name in step.again or name not in step.takes() or not _same(one, said, case.facts.get(name)):
            found[name] = said
    return found


def _fields_in(form: Form) -> Iterator[str]:
    for name in form:
        if name.startswith("isi-"):
            yield _OF_A_SIGNER.sub("", name[4:])


def _same(one: Field, said: Any, kept: Any) -> bool:
    try:
        return bool(values.read(one, said) == kept)
    except values.Unfit:
        return False


def read_signers(name: str, form: Form) -> list[dict[str, str]]:
    """Those who sign: of each side the rows in which anything but the role is written."""
    found = []
    for side in values.SIDES:
        for number in range(SIGNERS_EACH):
            said = {member: form.get(f"isi-{name}-{side}-{number}-{member}", "").strip() for member in SIGNER_MEMBERS}
            if any(value for member, value in said.items() if member != "peran"):
                found.append({"pihak": side} | {member: value for member, value in said.items() if value})
    return found


def object_rows(form: Form) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of objects that were sent, each with its number in the form; empty and struck ones too."""
    number = 0
    while f"objek-{number}-commodity" in form:
        yield number, {member: form.get(f"objek-{number}-{member}", "").strip() for member in (*MEMBERS, "hapus")}
        number += 1


def read_rows(sent: Sent, case: Case | None = None) -> list[Object] | None:
    """
    The objects that the form says, None where they are those of the case; rows that are empty or struck are left out.

    Raises:
        BadRequest: a row cannot be read; what is wrong with which stands in `sent.errors` too.
    """
    numbers, told = [], []
    for number, row in object_rows(sent.form):
        if row["hapus"] or not any(row[member] for member in MEMBERS):
            continue
        said: dict[str, Any] = {member: row[member] for member in MEMBERS if row[member]}
        for member in ("quantity", "value"):
            if member in said:
                said[member] = _number(sent, number, said[member], member == "value")
        numbers.append(number)
        told.append(said)
    if any(name.startswith("objek-") for name in sent.errors):
        raise BadRequest(_("Ada objek yang tidak dapat dibaca."), mend=_("Perbaiki baris yang ditandai."))
    try:
        made = read_objects(told)
    except BadRequest as refusal:
        for error in refusal.facts.get("errors", ()):
            place = re.fullmatch(r"objects\[(\d+)\]", error["field"])
            sent.wrong(f"objek-{numbers[int(place[1])] if place else 0}", str(error["says"]))
        raise
    return None if case is not None and tuple(made) == tuple(case.objects) else made


def _number(sent: Sent, number: int, said: str, money: bool) -> str:
    """A number as the page writes them, `1.250,5`, as a plain decimal."""
    try:
        value = typed.number(said, money=money)
    except BadRequest as refusal:
        sent.wrong(f"objek-{number}", said_of(refusal))
        return ""
    return "" if value is None else f"{value:f}"


def shown_rows(sent: Sent | None, objects: Sequence[Object], *, spare: int = SPARE_ROWS) -> list[dict[str, str]]:
    """The rows of the table: as they were sent, else those that there are; behind them an empty one, or one more where it was asked for."""
    rows = [row for _number, row in object_rows(sent.form)] if sent is not None else []
    if not rows:
        rows = [_row(one) for one in objects_as_json(objects)]
    empty = dict.fromkeys((*MEMBERS, "hapus"), "")
    behind = 0
    for row in reversed(rows):
        if any(row.values()):
            break
        behind += 1
    more = max(0, spare - behind) if sent is None or MORE not in sent.form else max(1, spare - behind)
    return [*rows, *(dict(empty) for _each in range(more))]


def _row(one: Mapping[str, Any]) -> dict[str, str]:
    row = {member: str(one.get(member) or "") for member in MEMBERS} | {"hapus": ""}
    for member in ("quantity", "value"):
        row[member] = typed.written(Decimal(row[member]), parted=True) if row[member] else ""
    return row


def uploads(step: Step, files: MultiDict[str, FileStorage]) -> dict[str, FileStorage]:
    """The files that were chosen, by kind of paper, those that the step does not bring too."""
    kinds = step.brings() | {name[7:] for name in files if name.startswith("berkas-")}
    found = {kind: files.get(f"berkas-{kind}") for kind in kinds}
    return {kind: file for kind, file in found.items() if file is not None and file.filename}


def picked(step: Step, form: Form, kept: Mapping[str, str]) -> dict[str, str]:
    """The papers that were brought before and chosen here; one that counts already is not sent again, unless it is wanted anew."""
    kinds = step.brings() | {name[6:] for name in form if name.startswith("pakai-")}
    found = {kind: form.get(f"pakai-{kind}", "") for kind in kinds}
    anew = {*step.again, *(kinds - step.brings())}
    return {kind: digest for kind, digest in found.items() if digest and (kind in anew or kept.get(kind) != digest)}
