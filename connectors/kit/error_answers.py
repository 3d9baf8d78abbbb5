"""JSON that says an error under a status of success: `{"success": false, "data": []}` is no empty list."""

from __future__ import annotations

from typing import Any

_SUCCESS = ("success", "sukses", "ok")
_ERRORS = ("error", "errors", "galat")
_WORDS = frozenset({"error", "fail", "failed", "failure", "gagal"})
_NO = frozenset({"false", "0", "no", "tidak", "none", "null", ""})


def says_error(document: Any) -> bool:
    """Whether an answer says of itself that it failed; `"error": false` or `0`, as some write in every answer, does not."""
    if not isinstance(document, dict):
        return False
    if any(document.get(name) is False for name in _SUCCESS):
        return True
    if any(str(document.get(name) or "").strip().lower() not in _NO for name in _ERRORS):
        return True
    status = document.get("status")
    return isinstance(status, str) and status.strip().lower() in _WORDS
