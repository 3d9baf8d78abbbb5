"""Login at a provider: only who was invited, only with tokens that are for us, from the provider that was asked, once."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from exchange.access import account_links, oidc
from exchange.access.oidc import Client, mapped_role
from exchange.app import create_app
from exchange.errors import Denied
from exchange.store.audit import history
from exchange.store.users import user_by_name

from .provider import CLIENT, SECRET, Provider, by_the_public_key, provider, signed, unsigned  # noqa: F401

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings, provider: Provider):  # noqa: F811
    return replace(settings, oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_local=True)


def visit(client, provider, start="/masuk/penyedia"):  # noqa: F811
    """Go to the provider, agree, come back; the service's answer."""
    there = client.get(start)
    assert there.status_code == 302, there.text
    assert there.location.startswith(provider.issuer)
    return client.get(provider.allow(there.location))


@pytest.fixture
def linked(app, world, provider):  # noqa: F811
    """An account that its owner linked on the way of an invitation; the number of tokens that this took."""
    with world.work() as session:
        made = account_links.invite(session, "sari", "petugas", "sari@contoh.invalid", actor="admin")
    client = app.test_client()
    assert "Atau hubungkan dengan" in client.get(f"/akun/{made.word}").text
    answer = visit(client, provider, f"/masuk/penyedia?tautan={made.word}")
    assert answer.location == "/"
    assert "sari (petugas)" in client.get("/").text
    assert app.test_client().get(f"/akun/{made.word}").status_code == 410, "the link was used"
    return "sari"


def test_who_linked_an_account_logs_in_and_goes_on_to_the_page_asked_for(app, client, linked, provider):  # noqa: F811
    assert visit(client, provider, "/masuk/penyedia?next=/kecocokan").location == "/kecocokan"
    assert client.get("/kecocokan").status_code == 200


@pytest.mark.parametrize("target", ["https://jahat.invalid/", "//jahat.invalid", "/\\jahat.invalid"])
def test_it_never_leads_to_another_host(client, linked, provider, target):  # noqa: F811
    there = client.get("/masuk/penyedia", query_string={"next": target})
    assert client.get(provider.allow(there.location)).location == "/"


def test_nobody_gets_in_for_being_known_to_the_provider_or_for_a_mailbox(client, world, provider):  # noqa: F811
    with world.work() as session:
        user_by_name(session, "admin").email = "sari@contoh.invalid"
    assert visit(client, provider).status_code == 403
    assert client.get("/").status_code == 302


def claims(**changed):
    return lambda told: told | changed


def at(claim, seconds):
    """A claim so many seconds from the moment at which it is made: a suite runs longer than a token lives."""
    return lambda told: told | {claim: int(time.time()) + seconds}


FORGED = {
    "another nonce": {"lie": claims(nonce="lain")},
    "no nonce": {"lie": lambda told: {name: value for name, value in told.items() if name != "nonce"}},
    "for somebody else": {"lie": claims(aud="orang-lain")},
    "for us among others, asked for by them": {"lie": claims(aud=[CLIENT, "lain"], azp="lain")},
    "from somebody else": {"lie": claims(iss="https://jahat.invalid")},
    "out of time": {"lie": at("exp", -3600)},
    "without an end": {"lie": claims(exp=None)},
    "not begun": {"lie": at("iat", 3600)},
    "about nobody": {"lie": claims(sub="")},
    "unsigned": {"sign": unsigned},
    "signed by the public key": {"sign": by_the_public_key},
    "signed by another key of that name": {
        "sign": lambda its, told: signed(Provider(keys=[type(its.keys[0]).generate_key(2048, {"kid": "satu"})]), told)
    },
    "no token at all": {"sign": lambda _its, _told: "x"},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_token_that_is_not_what_it_must_be_lets_nobody_in(app, client, linked, provider, world, how):  # noqa: F811
    for name, value in FORGED[how].items():
        setattr(provider, name, value)
    answer = visit(client, provider)
    assert answer.status_code == 403, answer.text
    assert client.get("/").status_code == 302
    with world.read() as session:
        assert history(session, "user", "")[0].action == "login.oidc"


def test_an_answer_of_another_provider_or_to_another_login_is_refused(app, linked, provider):  # noqa: F811
    client = app.test_client()
    provider.answer_issuer = "https://jahat.invalid"
    assert visit(client, provider).status_code == 403
    provider.answer_issuer = None
    taken = provider.exchanged
    there = client.get("/masuk/penyedia")
    assert client.get(provider.allow(there.location).replace("state=", "state=x")).status_code == 403
    assert provider.exchanged == taken, "the code was not even shown"


def test_a_provider_that_promises_to_name_itself_must(app, client, linked, provider, settings):  # noqa: F811
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    fresh = create_app(settings, app.extensions["exchange"].store)
    client = fresh.test_client()
    assert visit(client, provider).status_code == 403
    provider.answer_issuer = provider.issuer
    assert visit(client, provider).location == "/"


def test_an_answer_is_taken_once_and_in_the_browser_that_asked_alone(app, client, linked, provider):  # noqa: F811
    back = provider.allow(client.get("/masuk/penyedia").location)
    thief = app.test_client()
    assert thief.get(back).status_code == 403
    assert client.get(back).location == "/"
    taken = provider.exchanged
    assert client.get(back).status_code == 403
    assert provider.exchanged == taken


def test_a_new_key_is_looked_for_and_an_old_one_is_forgotten(settings, provider):  # noqa: F811
    clock = [0.0]
    client = oidc.Provider(Client(settings.oidc_issuer, CLIENT, SECRET, local=True), clock=lambda: clock[0])
    query = {"nonce": "n"}
    old = provider.token(query)
    assert client.claims(old, "n")["sub"] == "orang-1"
    provider.keys[:] = [type(provider.keys[0]).generate_key(2048, {"kid": "dua"})]
    new = provider.token(query)
    with pytest.raises(Denied):
        client.claims(new, "n")  # the last look was just now: whoever sends tokens cannot make us ask all the time
    clock[0] = 60.0
    assert client.claims(new, "n")["sub"] == "orang-1"
    with pytest.raises(Denied):
        client.claims(old, "n")


def test_a_provider_that_calls_itself_something_else_or_leads_elsewhere_is_not_used(app, client, world, provider):  # noqa: F811
    for told in ({"issuer": "https://jahat.invalid"}, {"token_endpoint": "file:///etc/passwd"}, {"jwks_uri": None}):
        provider.metadata = told
        assert client.get("/masuk/penyedia").status_code == 403


def test_it_is_reached_by_the_guarded_way_alone(app, world, settings, provider):  # noqa: F811
    strict = create_app(replace(settings, oidc_local=False), world).test_client()
    answer = strict.get("/masuk/penyedia")
    assert answer.status_code == 403
    assert "HTTPS" in answer.text


def test_without_a_provider_there_is_no_such_way_in(settings, world):
    plain = create_app(replace(settings, oidc_issuer=""), world).test_client()
    assert plain.get("/masuk/penyedia").status_code == 404
    assert "/masuk/penyedia" not in plain.get("/masuk").text


def test_the_second_factor_of_a_role_is_asked_for_here_as_well(settings, world, linked, provider):  # noqa: F811
    strict = create_app(replace(settings, second_factor=frozenset({"petugas"})), world).test_client()
    assert visit(strict, provider).location == "/masuk/pasang"
    assert strict.get("/").status_code == 302


def test_a_closed_account_and_an_identity_of_somebody_else_are_refused(app, client, linked, provider, world):  # noqa: F811
    with world.work() as session:
        made = account_links.invite(session, "budi", "petugas", None, actor="admin")
    assert visit(client, provider, f"/masuk/penyedia?tautan={made.word}").status_code == 409
    with world.work() as session:
        user_by_name(session, "sari").active = False
    assert visit(app.test_client(), provider).status_code == 403


def test_the_role_is_the_providers_only_by_a_mapping_and_never_unseats_the_last_administrator(settings, world, linked, provider):  # noqa: F811
    provider.person |= {"role": "admin", "groups": ["admin"]}

    def role():
        with world.read() as session:
            return user_by_name(session, "sari").role

    client = create_app(settings, world).test_client()
    visit(client, provider)
    assert role() == "petugas"
    mapping = replace(settings, oidc_roles="groups:kepala=pimpinan,groups:dagang=petugas,groups:kantor=admin")
    for groups, after in ((["kantor"], "admin"), (["lain"], "admin"), (["dagang", "kepala"], "pimpinan")):
        provider.person["groups"] = groups
        visit(create_app(mapping, world).test_client(), provider)
        assert role() == after, groups
    with pytest.raises(Denied):
        mapped_role(mapping.oidc_roles, {"groups": "entah"})


def test_neither_secrets_nor_codes_stand_in_the_log_or_on_the_record(app, client, linked, provider, world, caplog):  # noqa: F811
    provider.sign = unsigned
    there = client.get("/masuk/penyedia")
    client.get(provider.allow(there.location))
    with world.read() as session:
        told = caplog.text + repr([(act.action, act.facts) for name in ("", "sari") for act in history(session, "user", name)])
    assert SECRET not in told
    assert "kode-" not in told
