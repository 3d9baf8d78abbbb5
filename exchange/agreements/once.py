"""Beginning a case once: the same form or command again is the same case, and one that is open already is named before a second one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from exchange.agreements.case import Object
from exchange.agreements.node import Node
from exchange.agreements.objects import objects_as_json
from exchange.agreements.steps import MOST_MATCHES, begin
from exchange.errors import BadRequest, Conflict
from exchange.store.agreements import AgreementRow, case_begun_with, objects_of, open_cases_with, steps_of

KEY = re.compile(r"[A-Za-z0-9_.-]{8,64}")


class Alike(Conflict):
    """A case with the same counterpart for the same thing is open; `cases` holds name and title of each."""

    slug = "perkara-serupa"
    title = "Perkara yang serupa masih terbuka."


class Reused(Conflict):
    """A word that another case was begun with."""

    slug = "kunci-terpakai"
    title = "Formulir ini sudah membuka perkara."


def begin_once(
    session: Session,
    node: Node,
    *,
    key: str | None,
    anyway: bool,
    title: str,
    counterpart: str,
    region: str | None = None,
    objects: Sequence[Object] = (),
    matches: Iterable[tuple[str, str]] = (),
    extends: AgreementRow | None = None,
    **said: Any,
) -> tuple[AgreementRow, bool]:
    """
    A case as `steps.begin` begins it, and whether it is new.

    key: a word of the form or the command, `KEY`; with the same one the case that it began is answered. anyway: a person knows that
    another case for the same thing is open.

    Raises:
        BadRequest: the key is none, and what `steps.begin` refuses. Reused: the key began a case of something else. Alike: an open case
        with that counterpart has the same title or the same objects.
    """
    session.connection()  # from here on this is the one that writes: of two at once the second finds the case of the first
    pairs = list(dict.fromkeys(matches))[:MOST_MATCHES]
    if key is not None:
        if not KEY.fullmatch(key):
            raise BadRequest("Kunci pembukaan perkara tidak dapat dipakai.", mend="Pakai 8 sampai 64 huruf, angka, titik, garis.")
        before = case_begun_with(session, key)
        if before is not None:
            told = [title.strip(), counterpart.strip(), region, objects_as_json(objects), [list(pair) for pair in pairs]]
            if _told(session, before) != told:
                raise Reused(
                    f"Dengan formulir atau kunci ini perkara {before.ident} sudah dibuka, dengan isi yang lain; yang ini belum disimpan.",
                    mend=f"Buka {before.ident}, atau kirim lagi bila ini memang perkara lain.", cases=_named([before]),
                )  # fmt: skip
            return before, False
    if not anyway and (alike := _alike(session, node, title, counterpart, region, objects, extends)):
        raise Alike(
            f"Dengan mitra ini sudah terbuka: {', '.join(f'{one.ident} ({one.title})' for one in alike)}.",
            mend="Lanjutkan perkara itu, atau nyatakan bahwa ini memang perkara lain.", cases=_named(alike),
        )  # fmt: skip
    row = begin(
        session, node, title=title, counterpart=counterpart, region=region, objects=objects, matches=pairs, extends=extends, **said
    )  # fmt: skip
    row.begun_with = key
    session.flush()
    return row, True


def _named(rows: Sequence[AgreementRow]) -> list[dict[str, str]]:
    return [{"ident": one.ident, "title": one.title} for one in rows]


def _told(session: Session, row: AgreementRow) -> list[Any]:
    """What a case was begun of."""
    first = steps_of(session, row.id)[0].after
    return [first.get(name) for name in ("title", "counterpart", "region", "objects", "matches")]


def _alike(
    session: Session, node: Node, title: str, counterpart: str, region: str | None, objects: Sequence[Object], extends: AgreementRow | None
) -> list[AgreementRow]:
    final = [state.name for state in node.rules.states.values() if state.final]
    rows = [one for one in open_cases_with(session, region, counterpart.strip(), final) if extends is None or one.id != extends.id]
    held, wanted = objects_of(session, [one.id for one in rows]), _things(objects)
    return [one for one in rows if _plain(one.title) == _plain(title) or (wanted and _things(held[one.id]) == wanted)]


def _things(objects: Iterable[Any]) -> set[tuple[str, str | None, str | None]]:
    return {(_plain(one.commodity), one.sector, one.kbli) for one in objects}


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())
