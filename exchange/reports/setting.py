"""
Sets one paper and ends: run as a process of its own by `pdf`, with JSON on standard input and the PDF on standard output.

The binding of typst keeps what it worked out for the life of its process and offers no way to let it go: 200 MiB more with every
report of 2,000 lines. Imports nothing of the exchange, so that it starts quickly.
"""

from __future__ import annotations

import json
import sys
import tempfile

import typst


def main() -> None:
    """`template`: markup; `paper`: its data as JSON text; `standard`; `timestamp`: seconds since 1970."""
    asked = json.load(sys.stdin.buffer)
    with tempfile.TemporaryDirectory(prefix="naskah-") as root:
        compiler = typst.Compiler(
            asked["template"].encode(),
            root=root,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
            sys_inputs={"paper": asked["paper"]},
            package_path=root,
            package_cache_path=root,
        )
        made = compiler.compile(pdf_standards=[asked["standard"]], timestamp=asked["timestamp"])
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
