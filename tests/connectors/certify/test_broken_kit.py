"""The kit broken on purpose: its own promises are under test as well, and not even a broken guard sends a packet."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from connectors.kit import document, expand, fetch, session, transfer
from connectors.kit.origin import joined
from connectors.ocds import Ocds


class _All(frozenset):
    """A set that everything is in."""

    def __contains__(self, _: object) -> bool:
        return True


def _no_address_is_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(session, "refusal", lambda text, local=False: None)


def _every_place_is_approved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fetch.Fetch, "_check_approved", lambda self, url: None)
    patch.setattr(fetch.Fetch, "_next_stop", lambda self, url, location, answer: joined(url, location))
    patch.setattr(session.Guard, "approved", property(lambda self: _All(), lambda self, value: None), raising=False)


def _a_name_is_looked_up_twice(patch: pytest.MonkeyPatch) -> None:
    checked = session.Guard._addresses

    def addresses(self: Any, place: Any) -> list[Any]:
        checked(self, place)
        return self._resolve(place.host, place.port, 0, 1)

    patch.setattr(session.Guard, "_addresses", addresses)


def _certificates_prove_nothing(patch: pytest.MonkeyPatch) -> None:
    made = fetch.guarded_session

    def careless(guard: Any, agent: str) -> Any:
        session = made(guard, agent)
        session.verify = False
        return session

    patch.setattr(fetch, "guarded_session", careless)
    patch.setattr(urllib3, "disable_warnings", urllib3.disable_warnings)
    urllib3.disable_warnings()


def _nothing_bounds_a_packing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expand.Expander, "_check", lambda self: None)


def _every_status_is_a_success(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fetch, "check_status", lambda answer: None)


def _nothing_is_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(document, "_check_count", lambda text, limits, answer: None)
    patch.setattr(document, "_deeper_than", lambda value, depth: False)


def _lengths_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transfer, "_length", lambda text: None)
    patch.setattr(transfer, "in_words", lambda error, url: transfer.Unreachable("x"))
    received = transfer.receive

    def receive(*words: Any) -> Any:
        came = received(*words)
        return type(came)(came.status, came.headers, came.body, came.sent, None, None)

    patch.setattr(fetch, "receive", receive)


def _the_archive_is_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    kept = fetch.Fetch._keep_it

    def careless(self: Any, *words: Any) -> Any:
        keep = self._keep

        def forgiving(body: bytes, meta: Any) -> str:
            try:
                return keep(body, meta)
            except OSError:
                return "0" * 64

        self._keep = forgiving
        try:
            return kept(self, *words)
        finally:
            self._keep = keep

    patch.setattr(fetch.Fetch, "_keep_it", careless)


def _the_secret_is_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fetch, "mask", lambda url: url)


@pytest.mark.parametrize(
    ("break_it", "names"),
    [
        (_no_address_is_closed, ["name_leads_inside", "name_leads_to_metadata", "name_leads_to_a_wrapped_address"]),
        (_every_place_is_approved, ["redirect_to_metadata", "redirect_inside", "redirect_to_another_host", "next_link_elsewhere"]),
        (_a_name_is_looked_up_twice, ["name_changes_after_the_check"]),
        (_certificates_prove_nothing, ["certificate_unvouched"]),
        (_nothing_bounds_a_packing, ["gzip_bomb", "deflate_bomb", "gzip_bomb_behind_a_status"]),
        (_every_status_is_a_success, ["refusal_with_the_list", "partial_content_unasked", "unknown_status"]),
        (_nothing_is_counted, ["deep_nesting", "wide_json", "too_many_values"]),
        (_lengths_are_not_compared, ["length_too_long", "gzip_damaged"]),
        (_the_archive_is_not_waited_for, ["archive_is_full"]),
        (_the_secret_is_shown, ["ordinary"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_fault_of_the_kit_is_caught_by_its_scenarios(break_it, names, monkeypatch, failed):
    assert failed(Ocds, *names) == []
    break_it(monkeypatch)
    assert failed(Ocds, *names) == names


def test_a_broken_guard_is_recorded_and_reaches_nobody(monkeypatch, says):
    _no_address_is_closed(monkeypatch)
    assert "seharusnya blocked_address" in says(Ocds, "name_leads_to_metadata")
    _every_place_is_approved(monkeypatch)
    told = says(Ocds, "redirect_to_metadata")
    assert "169.254.169.254" in told
