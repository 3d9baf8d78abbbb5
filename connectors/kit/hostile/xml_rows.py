"""Listings that are elements of one name under one parent."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from lxml import etree

from connectors.kit.errors import SourceError
from connectors.kit.hostile.base import NotApplicable
from connectors.kit.hostile.rows import Edit, Rows, part_of, spells
from connectors.kit.hostile.values import is_prose
from connectors.kit.limits import Limits
from connectors.kit.xml import read_xml

_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class XmlRows(Rows):
    """Elements of one parent and one name; or a document that is one listing, `alone`."""

    def __init__(self, root: Any, parent: Any, rows: list[Any], name: str) -> None:
        self._root, self._parent, self._name = root, parent, name
        self.rows = rows
        self.alone = parent is None

    def body(self, rows: list[Any]) -> bytes:
        """The document with these elements where the first of them stood; raises NotApplicable for a document of none or several."""
        if self.alone:
            if len(rows) != 1 or not isinstance(rows[0], etree._Element):
                raise NotApplicable("Satu dokumen memuat satu data.")
            return bytes(etree.tostring(rows[0], encoding="UTF-8", xml_declaration=True))
        root = deepcopy(self._root)
        tree = self._root.getroottree()
        parent = root.getroottree().xpath(tree.getpath(self._parent))[0]
        old = [each for each in parent if each.tag == self.rows[0].tag]
        place = parent.index(old[0])
        for each in old:
            parent.remove(each)
        for offset, row in enumerate(rows):
            parent.insert(place + offset, deepcopy(row))
        return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))

    def identity(self, row: Any) -> Any:
        """The text of the element that holds the reference."""
        found = row.find(self._name)
        return None if found is None else found.text

    def renamed(self, row: Any, value: Any) -> Any:
        """With another text in it; one that no XML can hold is left out."""
        copy = deepcopy(row)
        found = copy.find(self._name)
        if found is not None:
            found.text = None if value is None else _UNHELD.sub("", str(value))
        return copy

    def nameless(self, row: Any) -> Any:
        """Without it."""
        return self.renamed(row, None)

    def edited(self, row: Any, edit: Edit) -> Any:
        """Prose in elements."""
        copy = deepcopy(row)
        for each in copy.iter():
            if is_prose(each.text) and each.text.strip() != str(self.identity(row)).strip():
                each.text = _UNHELD.sub("", edit(each.text))
        return copy

    def places(self, row: Any) -> list[Any]:
        """Elements that hold text, by their path in the row."""
        tree = row.getroottree()
        own = tree.getelementpath(row)
        paths = [tree.getelementpath(each).removeprefix(own).lstrip("/") for each in row.iter() if (each.text or "").strip()]
        return [path for path in paths if path and path != self._name]

    def put(self, row: Any, place: Any, value: Any) -> Any:
        """The value's text, less what no XML can hold."""
        copy = deepcopy(row)
        found = copy.find(place)
        if found is not None:
            found.text = None if value is None else _UNHELD.sub("", str(value))
        return copy

    def dropped(self, row: Any, place: Any) -> Any:
        """Without the element."""
        copy = deepcopy(row)
        found = copy.find(place)
        if found is not None:
            found.getparent().remove(found)
        return copy

    def extended(self, row: Any) -> Any:
        """A document's schema may not have room for more."""
        return row


def xml_rows(body: bytes, references: set[str]) -> XmlRows | None:
    """The nearest siblings around a reference, else the document that holds one; None where there is none."""
    try:
        root = read_xml(body, Limits())
    except SourceError:
        return None
    texts = [each for each in root.iter() if (each.text or "").strip()]
    named = [each for each in texts if spells(each.text, references)] or [each for each in texts if part_of(each.text, references)]
    for each in named:
        row = each.getparent()
        while row is not None and (parent := row.getparent()) is not None:
            siblings = [other for other in parent if other.tag == row.tag]
            if len(siblings) > 1:
                name = each.getroottree().getelementpath(each).removeprefix(each.getroottree().getelementpath(row) + "/")
                return XmlRows(root, parent, siblings, name)
            row = parent
    if named and named[0].getparent() is not None:
        return XmlRows(root, None, [root], root.getroottree().getelementpath(named[0]))
    return None
