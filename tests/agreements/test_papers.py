"""Files of cases are what they say, counted as what they were brought for, and never change."""

from __future__ import annotations

import pytest

from exchange.agreements.node import Node
from exchange.agreements.papers import bring
from exchange.agreements.steps import take
from exchange.errors import BadRequest
from exchange.store.agreements import files_of
from exchange.store.base import Store

from .cases import TODAY, new_case, paper


def test_a_paper_of_one_kind_does_not_count_as_another(store: Store, node: Node):
    with store.work() as session:
        row = new_case(session, node)
        digest = bring(session, node.rules, node.papers, row, "kak", "kak.pdf", paper("kak"), actor="tes")
        assert bring(session, node.rules, node.papers, row, "kak", "kak lagi.pdf", paper("kak"), actor="tes") == digest
        assert len(files_of(session, row.id)) == 1
        with pytest.raises(BadRequest, match="nota_kebutuhan"):
            take(
                session, node, row.ident, "siapkan", office="opd", actor="tes", on=TODAY, version=row.version,
                facts={"urusan": "a", "tidak_bertentangan": True, "rujukan_rencana": "RPJMD"}, papers={"nota_kebutuhan": digest},
            )  # fmt: skip
        assert node.papers.read(digest) == paper("kak")


@pytest.mark.parametrize(
    ("name", "body"), [("a.pdf", b""), ("a.pdf", b"bukan"), ("a.exe", b"MZ"), ("a.html", b"<script>"), ("a.docx", b"%PDF-1.7")]
)
def test_files_that_are_not_what_they_say_are_refused(store: Store, node: Node, name: str, body: bytes):
    with store.work() as session:
        row = new_case(session, node)
        with pytest.raises(BadRequest):
            bring(session, node.rules, node.papers, row, "kak", name, body, actor="tes")
        assert files_of(session, row.id) == []
