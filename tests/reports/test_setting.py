"""The process that sets a paper: it reads nothing of the machine, is over when it is done, and its failure is told."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from exchange.errors import ExchangeError
from exchange.reports import pdf as module
from exchange.reports import setting
from exchange.reports.blocks import Column, Paper, Para, Table, plain


def paper(*blocks) -> Paper:
    return Paper(title="Uji", author="", blocks=blocks, made_at=datetime(2026, 1, 1, tzinfo=UTC))


def set_by_itself(template: str) -> subprocess.CompletedProcess[bytes]:
    asked = {"template": template, "paper": "{}", "standard": "a-2b", "timestamp": 0}
    return subprocess.run([sys.executable, "-I", setting.__file__], input=json.dumps(asked).encode(), capture_output=True, timeout=60)


@pytest.mark.parametrize("path", ["/etc/hostname", "../../etc/hostname", __file__])
def test_even_a_template_could_read_no_file(path):
    assert set_by_itself("ya").stdout.startswith(b"%PDF")
    refused = set_by_itself(f"#read({json.dumps(path)})")
    assert refused.returncode != 0
    assert refused.stdout == b""


def test_papers_leave_no_memory_behind_in_the_process_that_asks():
    module.pdf(paper(Para(plain("pertama"))))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = tuple((plain(f"baris {n}"), plain(str(n))) for n in range(1000))
    for _ in range(4):
        assert len(module.pdf(paper(Table((Column("Nama", 3), Column("Nomor", 1)), rows)))) > 50_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024, "typst in this process would keep some 50 MiB of each"


def test_what_cannot_be_set_says_so_and_what_to_do(monkeypatch):
    with pytest.raises(ExchangeError, match=r"Uji.*tidak dapat disusun") as wrong:
        module.pdf(paper(Table((Column("Nama", 1, "sideways"),), ((plain("x"),),))))  # type: ignore[arg-type]
    assert "DOCX" in wrong.value.mend
    monkeypatch.setattr(module, "LONGEST_S", 0.001)
    with pytest.raises(ExchangeError, match="tidak selesai"):
        module.pdf(paper(Para(plain("lama"))))
