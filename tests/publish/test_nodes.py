"""What is written as text is what lxml writes of the same elements."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from lxml import etree

from exchange.publish.nodes import DECLARATION, ROOT_BEGIN, ROOT_END, group, text
from schemas import ubl
from schemas.ubl import cac, cbc, safe

TEXTS = st.text(max_size=30) | st.sampled_from(
    ["<&>\"'", "]]>", "a\rb", "a\r\nb", "a\tb\nc", "😀", "\0", "&amp;", "<!--", "\x85", "\u2028"]
)


def by_lxml(value: str, scheme: str, language: str) -> bytes:
    out = io.BytesIO()
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{ubl.CATALOGUE}}}Catalogue", nsmap=ubl.NAMESPACES), xml.element(cac("Item")):
            with xml.element(cbc("Name")):
                xml.write("first")
            told = {"schemeID": safe(scheme), "languageID": safe(language)}
            if safe(value):
                with xml.element(cbc("ID"), {name: said for name, said in told.items() if said}):
                    xml.write(safe(value))
    return out.getvalue()


@profile(max_examples=300, deadline=None)
@given(value=TEXTS, scheme=TEXTS, language=TEXTS)
def test_text_is_the_bytes_that_lxml_writes(value, scheme, language):
    made = group("Item", text("Name", "first"), text("ID", value, schemeID=scheme, languageID=language))
    assert (DECLARATION + ROOT_BEGIN + made + ROOT_END).encode() == by_lxml(value, scheme, language)


@profile(max_examples=200, deadline=None)
@given(value=TEXTS, scheme=TEXTS)
def test_what_is_written_is_read_again_as_it_was(value, scheme):
    tree = etree.fromstring(ROOT_BEGIN + group("Item", text("ID", f"x{value}", schemeID=f"x{scheme}")) + ROOT_END)
    [node] = tree.iter(cbc("ID"))
    assert (node.text, node.get("schemeID")) == (safe(f"x{value}"), safe(f"x{scheme}"))


def test_what_would_be_empty_is_not_made():
    assert text("Name", None) == text("Name", " \0 ") == group("Item") == group("Item", text("Name", ""), group("Party")) == ""
    assert text("ID", "1", schemeID="\0", languageID=None) == "<cbc:ID>1</cbc:ID>"
