"""
Login at an OIDC provider: authorization code with PKCE (S256), state and nonce, through the guarded way out.

What the provider says of itself is read from its issuer's own document and held to it: another issuer in there, in the answer (RFC 9207)
or in a token ends the login. A token is taken with a signature of a listed kind by a key of the provider's own set alone.
"""

from __future__ import annotations

import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.kit import SourceError
from connectors.kit.limits import Limits
from connectors.kit.origin import origin
from connectors.kit.post import talk
from exchange.errors import Denied, ExchangeError

ALGORITHMS = ("RS256", "PS256", "ES256")
_LIMITS = Limits(connect=5.0, read=10.0, total=15.0, sent=256 * 1024, expanded=256 * 1024)
_KEPT = 3600.0  # seconds that the provider's document and keys are taken for what they were
_PAUSE = 30.0  # seconds between two looks for a key that was not there
_SKEW = 60  # seconds that two clocks may be apart
_SPACE = "openid email"


class ProviderTrouble(ExchangeError):
    """The OIDC provider cannot be reached, or answers what cannot be taken."""

    status = Denied.status
    slug = "penyedia"
    title = "Penyedia masuk tidak dapat dipakai."


@dataclass(frozen=True)
class Client:
    """This node at its provider. local: it may be on this machine, and without TLS."""

    issuer: str
    client_id: str
    client_secret: str
    local: bool = False
    contact: str = ""


@dataclass(frozen=True)
class Asked:
    """What a login was begun with, and its answer is held to."""

    state: str
    nonce: str
    verifier: str


def fresh() -> Asked:
    """What a new login begins with."""
    return Asked(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


class Provider:
    """
    One provider, for the life of the process.

    clock: seconds, replaced in tests.
    """

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._told: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def begin(self, asked: Asked, back: str) -> str:
        """The address that the browser goes to. back: where it comes back to."""
        told = self._metadata()
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": back,
            "scope": _SPACE,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": create_s256_code_challenge(asked.verifier),
            "code_challenge_method": "S256",
        }
        address = str(told["authorization_endpoint"])
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"

    def finish(self, asked: Asked, answer: Mapping[str, str], back: str) -> dict[str, Any]:
        """
        The claims of whoever logged in.

        answer: the query that the browser came back with.

        Raises:
            Denied: the answer is not to this login, or the token is not for us. ProviderTrouble: the provider failed.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
            raise _refused("jawabannya bukan untuk percobaan masuk ini")
        told = self._metadata()
        issuer = answer.get("iss")
        if (issuer is not None or told.get("authorization_response_iss_parameter_supported")) and issuer != self.client.issuer:
            raise _refused("jawabannya datang dari penyedia lain")
        if answer.get("error") or not answer.get("code"):
            raise _refused("penyedia tidak memberi izin")
        form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": back, "code_verifier": asked.verifier}
        token = self._exchange(told, form)
        return self.claims(token, asked.nonce)

    def claims(self, token: str, nonce: str) -> dict[str, Any]:
        """
        The claims of an ID token.

        Raises:
            Denied: signature, algorithm, issuer, audience, time or nonce is not what it must be.
        """
        if token.count(".") != 2:
            raise _refused("tokennya tidak terbaca")
        claims = self._verified(token)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now = time.time()
        expires, issued = _time(claims.get("exp")), _time(claims.get("iat"))
        subject = claims.get("sub")
        doubts = {
            "penerbitnya lain": claims.get("iss") != self.client.issuer,
            "bukan untuk simpul ini": self.client.client_id not in audiences
            or ((len(audiences) > 1 or "azp" in claims) and claims.get("azp") != self.client.client_id),
            "sudah lewat waktunya": expires is None or expires <= now - _SKEW,
            "waktunya belum tiba": issued is None or issued > now + _SKEW,
            "nonce-nya lain": not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
            "tidak menyebut siapa": not isinstance(subject, str) or not 0 < len(subject) <= 255,
        }
        for why, wrong in doubts.items():
            if wrong:
                raise _refused(f"token {why}")
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims, once a key of the provider has signed them; a key that is not known is looked for once more."""
        failure = ""
        for anew in (False, True):
            keys = self._key_set(anew=anew)
            if keys is None:
                break
            try:
                return dict(jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims)
            except (JoseError, ValueError, TypeError, KeyError) as error:
                failure = type(error).__name__
        raise _refused(f"tanda tangan tokennya tidak sah ({failure})")

    def _exchange(self, told: dict[str, Any], form: dict[str, str]) -> str:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        its = self.client
        if "client_secret_basic" in methods:
            pair = f"{quote(its.client_id, safe='')}:{quote(its.client_secret, safe='')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form = form | {"client_id": its.client_id, "client_secret": its.client_secret}
        answer = self._talk("POST", str(told["token_endpoint"]), urlencode(form).encode(), headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _refused("penyedia tidak memberi token")
        return token

    def _metadata(self) -> dict[str, Any]:
        """What the provider says of itself; each of its addresses is one that may be asked."""
        with self._lock:
            if self._told and self._clock() - self._told[0] < _KEPT:
                return self._told[1]
        told = self._talk("GET", self.client.issuer.rstrip("/") + "/.well-known/openid-configuration", None, {"Accept": "application/json"})
        if told.get("issuer") != self.client.issuer:
            raise ProviderTrouble("Penyedia menyebut dirinya dengan nama lain dari EXCHANGE_OIDC_ISSUER.", mend="Samakan setelannya.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            try:
                scheme = origin(str(told.get(name))).scheme
            except SourceError:
                scheme = ""
            if scheme != "https" and not (self.client.local and scheme):
                raise ProviderTrouble(f"Penyedia tidak menyebut {name} yang dapat dipakai.")
        with self._lock:
            self._told = (self._clock(), told)
        return told

    def _key_set(self, *, anew: bool) -> KeySet | None:
        """The provider's keys; anew: asked for again where the last look is not too fresh, else None."""
        with self._lock:
            kept = self._keys
        age = self._clock() - kept[0] if kept else _KEPT
        if kept and not anew and age < _KEPT:
            return kept[1]
        if kept and anew and age < _PAUSE:
            return None
        told = self._talk("GET", str(self._metadata()["jwks_uri"]), None, {"Accept": "application/json"})
        try:
            keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError):
            raise ProviderTrouble("Kunci penyedia tidak terbaca.") from None
        with self._lock:
            self._keys = (self._clock(), keys)
        return keys

    def _talk(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
        its = self.client
        try:
            answer = talk(method, url, body, headers, local=its.local, limits=_LIMITS, contact=its.contact)
        except SourceError as error:
            raise ProviderTrouble(
                f"Penyedia masuk tidak dapat dihubungi: {error.message}", mend="Masuk dengan kata sandi, atau coba lagi."
            ) from None
        if answer.status != 200 or not answer.whole:
            raise ProviderTrouble(f"Penyedia masuk menjawab dengan status {answer.status}.", mend="Mulai lagi dari halaman masuk.")
        try:
            told = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            raise ProviderTrouble("Jawaban penyedia masuk tidak terbaca.")
        return told


def _time(value: object) -> float | None:
    """Seconds since 1970, where a claim holds such a number."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _refused(why: str) -> Denied:
    return Denied(f"Masuk lewat penyedia ditolak: {why}.", mend="Mulai lagi dari halaman masuk.")


def mapped_role(rules: str, claims: Mapping[str, Any]) -> str | None:
    """
    The role that the provider's claims give by the rules of `EXCHANGE_OIDC_ROLES`; None where there are no rules.

    Raises:
        Denied: there are rules, and none fits.
    """
    if not rules:
        return None
    for rule in rules.split(","):
        condition, _equals, role = rule.rpartition("=")
        claim, _colon, wanted = condition.partition(":")
        said = claims.get(claim)
        if wanted in (said if isinstance(said, list) else [said]):
            return role
    raise _refused("penyedia tidak memberi peran yang dikenal di sini")
