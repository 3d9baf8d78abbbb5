"""What every command writes with."""

from __future__ import annotations

from exchange.cli.context import notes, write_table


def test_words_of_a_source_are_written_as_they_are_and_never_as_markup(capsys):
    write_table("Karantina", [{"a": "[/b] [red]x[/red] :smile: [0]"}], {"a": "Isi"})
    assert "[/b] [red]x[/red] :smile: [0]" in capsys.readouterr().out


def test_nor_are_they_in_what_is_told_beside_it(capsys):
    notes.print("semarang: nilai '[/x]' tidak terbaca :x:")
    assert "'[/x]' tidak terbaca :x:" in capsys.readouterr().err
