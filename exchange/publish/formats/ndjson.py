"""The catalogue as NDJSON: a product a line, for programs that read line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from exchange.publish.base import Format, Head, NothingToPublish


class Ndjson(Format):
    """
    Records and nothing else, each line the stored segment as it is: canonical JSON has no line end inside.

    Who publishes, the licence and the version stand in the answer's headers and in the other formats.
    """

    name = "ndjson"
    title = "NDJSON"
    media_type = "application/x-ndjson"
    suffix = ".ndjson"
    conforms_to = "https://github.com/ndjson/ndjson-spec"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Write the lines; raises NothingToPublish where there is none, since an empty file looks like a broken one."""
        count = 0
        for body in products:
            out.write(body + b"\n")
            count += 1
        if not count:
            raise NothingToPublish(
                "Katalog kosong: NDJSON tanpa baris tidak dapat dibedakan dari berkas yang rusak.",
                mend="Impor produk dari usaha yang setuju dipublikasikan, atau pakai format json.",
            )
        return count
