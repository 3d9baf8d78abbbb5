"""A source without an address: its connector is answered with the file that the region sent, and nothing leaves the process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.kit import Answer, AnswerMeta, Fetch, Keep, SourceError
from connectors.kit.answer import Recall, request_digest
from exchange.errors import NotFound
from exchange.sync.archive import Archive

MEDIA = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# a name that leads nowhere (RFC 6761), for connectors that want an address
ADDRESS = "https://unggahan.invalid/"
_JAKARTA = ZoneInfo("Asia/Jakarta")


class NothingSent(SourceError):
    """A source that takes files by a link, and none was sent yet, or its bytes are gone."""

    rule = "nothing_sent"
    advice = "Kirim tautannya kepada daerah (exchange source link NAMA), dan minta berkasnya dikirim."


class Uploaded(Fetch):
    """
    Answers every question with one file from the archive.

    upload: the source's newest sent file (`digest`, `kind`, `at`, `label`), None where there is none. What an earlier, broken-off part
    of the run was answered with is given again, even where a newer file came meanwhile: a run reads one file.
    """

    def __init__(
        self, keep: Keep, archive: Archive, upload: Mapping[str, Any] | None, *, recall: Recall | None = None, **more: Any
    ) -> None:
        super().__init__(keep, (), recall=recall, **more)
        self._archive, self._upload = archive, upload

    def get(self, url: str, accept: str = "application/json") -> Answer:
        """The file; raises NothingSent where there is none."""
        request = request_digest(url, accept)
        answer = self._recall(request) or self._from_archive(request)
        self.facts.saw(answer)
        self.facts.bytes_sent += answer.meta.sent
        return answer

    def _from_archive(self, request: str) -> Answer:
        its = self._upload
        if its is None:
            raise NothingSent("Belum ada berkas yang dikirim lewat tautan unggah.")
        try:
            body = self._archive.read(its["digest"])
        except (NotFound, ValueError):
            raise NothingSent("Berkas yang terakhir dikirim tidak ada lagi di arsip.", mend="Minta berkasnya dikirim lagi.") from None
        at = datetime.fromisoformat(its["at"]).astimezone(_JAKARTA)
        self.facts.notes.append(f"Dibaca dari berkas yang dikirim {at:%d-%m-%Y %H.%M} WIB lewat tautan “{its['label']}”.")
        size = len(body)
        headers = {"content-type": MEDIA[its["kind"]], "content-length": str(size)}
        meta = AnswerMeta("berkas unggahan", 200, headers, size, size, True, request)
        return Answer(body, meta, self._keep(body, meta))
