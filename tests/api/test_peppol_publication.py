"""The Peppol profile made out to a partner that asks for it with its token, where the office knows its electronic address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from schemas import ubl

URL = "/api/v1/publications/ubl_peppol"
NS = {"cac": ubl.CAC, "cbc": ubl.CBC}
OURS, THEIRS = "0088:1234567890128", "0088:4006381333931"


@pytest.fixture
def settings(settings):
    """Of a node that knows the address of one partner, and its own."""
    return replace(settings, peppol_endpoint=OURS, peppol_partners=f"kota-contoh={THEIRS}, kota-jauh=0195:X=1")


def receiver(body):
    party = "/*/cac:ReceiverParty"
    tree = etree.fromstring(body)
    name = tree.xpath(f"string({party}/cac:PartyLegalEntity/cbc:RegistrationName)", namespaces=NS)
    return tree.xpath(f"string({party}/cbc:EndpointID)", namespaces=NS), name


def formats(caller, tier):
    return {line["format"] for line in caller.get(f"/api/v1/publications?tier={tier}").get_json()["items"]}


@pytest.mark.parametrize(("stage", "more"), [("agreed", {}), ("contracted", {"sectors": ["logam"]})])
def test_a_partner_whose_address_is_known_gets_it_made_out_to_it(office, visitor, settings, stage, more):
    office.stage(stage, **more)
    with office.get(f"{URL}?tier={stage}") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
        assert receiver(answer.data) == ("4006381333931", "Pemerintah kota-contoh")
        assert (b"LGM-1" in answer.data, "untuk-kota-contoh.xml" in answer.headers["Content-Disposition"]) == (True, True)
    assert "ubl_peppol" in formats(office, stage)
    manifest = office.get(f"{URL}/manifest?tier={stage}").get_json()
    assert (manifest["tier"], manifest["receiver"]) == (stage, "33.74")
    for open_to_all in (office, visitor):
        with open_to_all.get(URL) as answer:
            assert receiver(answer.data) == ("1234567890128", settings.office), "the public's is everybody's, whoever asks"


def test_a_partner_whose_address_nobody_knows_is_told_what_to_do(another):
    another.stage("agreed")
    answer = another.get(f"{URL}?tier=agreed")
    assert answer.status_code == 404
    assert "EXCHANGE_PEPPOL_PARTNERS" in answer.get_json()["mend"] and "kota-lain=" in answer.get_json()["mend"]
    assert "ubl_peppol" not in formats(another, "agreed")
    assert "ubl" in formats(another, "agreed")


def test_an_address_opens_nothing_that_the_agreement_does_not(office):
    assert office.get(f"{URL}?tier=agreed").status_code == 403
