"""The only reader of the environment: each setting has a name, a default, a reader and one sentence."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from exchange.errors import SettingWrong
from exchange.setting_values import base, mail_server, mailboxes, role_claims, roles, web_address
from schemas.electronic_address import endpoint, endpoints

PREFIX = "EXCHANGE_"


def _setting(default: Any, says: str, read: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"says": says, "read": read, "secret": secret})


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "ya": True, "0": False, "false": False, "no": False, "tidak": False}
    return known[text.strip().lower()]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise ValueError(text)
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _count_if_any(text: str) -> int | None:
    return _count(text) if text.strip() else None


def _codes(text: str) -> frozenset[str]:
    codes = frozenset(word.strip() for word in text.split(",") if word.strip())
    if not all(re.fullmatch(r"[0-9]{2}(\.[0-9]{2})?", code) for code in codes):
        raise ValueError(text)
    return codes


def _mebibytes(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 30:  # the service takes no request of more than 32
        raise ValueError(text)
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise ValueError(text)
    return number


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one process. `docs/settings.md` lists them; a test holds the list to this class."""

    database_url: str = _setting(
        "", "SQLAlchemy URL of the database, SQLite or PostgreSQL; empty: exchange.sqlite3 in the data folder.", secret=True
    )
    data_dir: Path = _setting(Path("data"), "Folder for the archive of answers, publications, keys and the embedded database.", Path)
    home_region: str = _setting("36.72", "Kemendagri code of the region that runs this node.")
    borders: frozenset[str] = _setting(
        frozenset({"36.04"}), "Kemendagri codes of the regions that this one borders on, comma between them; for wajib or sukarela.", _codes
    )
    agreement_rules: Path | None = _setting(
        None, "TOML file with what this node's regulations ask of agreements beyond the shipped table; empty: none.", Path
    )
    agreement_years: int = _setting(5, "Longest term of an agreement without a basis of its own, in years; policy, not law.", _count)
    stand_still_days: int = _setting(30, "Days after which a case that does not move is brought to mind.", _count)
    office: str = _setting("Disperindag Kota Cilegon", "Name of the office, as publications and pages show it.")
    office_address: str = _setting("", "Street address of the office, as its letters show it; empty: a blank in drafts.")
    office_emblem: Path | None = _setting(None, "Coat of arms (PNG, JPEG, WebP) at the head of letters and reports; empty: none.", Path)
    contact: str = _setting("disperindag@cilegon.invalid", "Role mailbox that other nodes see in the user agent and in publications.")
    secret_key: str = _setting("", "Signs staff sessions; empty: made once and kept in the data folder.", secret=True)
    executor: str = _setting("process", "Where parallel work runs: serial, process or dask://host:port; matching shares out large runs.")
    today: date | None = _setting(
        None, "The day that imports judge `future` by and matches reckon time from, YYYY-MM-DD; empty: the clock's day in Jakarta.", _day
    )
    host: str = _setting("127.0.0.1", "Address that the server listens on.")
    port: int = _setting(8000, "Port that the server listens on.", _port)
    server_threads: int = _setting(4, "Blocking threads of each server process.", int)
    retention_days: int = _setting(365, "Days that answers of sources are kept in the archive.", int)
    feed_polls: int | None = _setting(
        None,
        "Requests of the change feed that one server process lets wait at once, always fewer than its threads; empty: two fewer.",
        _count_if_any,
    )
    feed_days: int = _setting(90, "Days that changes stay on the change feed; who comes later begins anew.", _count)
    run_listing_days: int = _setting(180, "Days that a run's listings are kept one by one; those of a source's last good run stay.", _count)
    demand_change_days: int = _setting(365, "Days that a change of a demand is kept once all of its fields were changed again.", _count)
    log_years: int = _setting(5, "Years that batches of the exchange log are kept; 0: for ever.", _count)
    connect_timeout: float = _setting(5.0, "Seconds to wait for a source to accept a connection.", _positive)
    read_timeout: float = _setting(30.0, "Seconds to wait for a source's next bytes.", _positive)
    total_timeout: float = _setting(300.0, "Seconds that one answer of a source may take in all.", _positive)
    guard_share: float = _setting(
        0.01, "Share of its demands that a source is taken to lose in a day, until its own history is long enough.", _share
    )
    guard_least: int = _setting(5, "Number of demands that may always go missing in one run.", _count)
    guard_history: int = _setting(
        5, "Complete runs after which a source's own losses are believed instead of EXCHANGE_GUARD_SHARE.", _count
    )
    guard_quantile: float = _setting(0.95, "Which quantile of a source's own daily losses is believed, 0 to 1.", _share)
    guard_runs: int = _setting(2, "Complete runs that must miss a demand before it is withdrawn.", _count)
    guard_grace_hours: float = _setting(24.0, "Hours that must pass, too, since the first of these runs.", float)
    resume_hours: float = _setting(6.0, "Hours within which a run that was broken off is taken up where it stopped.", float)
    breaker_failures: int = _setting(3, "Nights without a list after which a source is asked less often, at most a week apart.", _count)
    lapse_days: int = _setting(14, "Days without a list after which a source counts as lapsed, its demands as the last good ones.", _count)
    sync_threads: int = _setting(8, "Sources that one process pulls side by side.", _count)
    host_requests: int = _setting(2, "Requests that one host gets at the same time from one process.", _count)
    host_pause: float = _setting(0.5, "Seconds between the beginnings of two requests to one host; none on this machine.", float)
    base_url: str = _setting(
        "",
        "Address of this node's pages as its readers type it, such as https://bursa.contoh.go.id; letters and links begin with it.",
        base,
    )
    mail_to: str = _setting("", "Mailboxes, comma between them, that get a letter when a night left something to look at.", mailboxes)
    mail_from: str = _setting("", "Mailbox that such letters come from; empty: EXCHANGE_CONTACT.", mailboxes)
    smtp_url: str = _setting(
        "", "Server that sends them: smtp://user:password@host:587 or smtps://…; empty: none are sent.", mail_server, secret=True
    )
    heartbeat_url: str = _setting(
        "",
        "Address that a finished night calls, so that a watcher outside notices a missed night; may hold a key.",
        web_address,
        secret=True,
    )
    metrics_token: str = _setting(
        "", "Bearer token that reads /metrics from another machine; empty: only staff and what runs on this machine.", secret=True
    )
    rate_public: int = _setting(120, "API requests a minute from one address without a token; 0: as many as come.", _count)
    rate_partner: int = _setting(1200, "API requests a minute of a partner that has no number of its own; 0: as many as come.", _count)
    rate_token: int = _setting(30, "Access tokens a minute that one address may ask for; 0: as many as come.", _count)
    upload_mib: int = _setting(16, "Largest file that a region or staff may upload, in MiB, at most 30.", _mebibytes)
    import_days: int = _setting(14, "Days that an import of the catalogue waits for a decision before it is put aside.", _count)
    second_factor: frozenset[str] = _setting(
        frozenset(), "Roles that must log in with a second factor, comma between them, such as admin,petugas; empty: whoever wants.", roles
    )
    oidc_issuer: str = _setting("", "OIDC provider that invited staff may log in with, as its tokens name it; empty: none.", web_address)
    oidc_client_id: str = _setting("", "Name of this node at the OIDC provider.")
    oidc_client_secret: str = _setting("", "Secret of this node at the OIDC provider.", secret=True)
    oidc_name: str = _setting("akun pemerintah", "What staff call the OIDC provider; stands on the login button.")
    oidc_roles: str = _setting(
        "", "Roles by a claim of the provider, claim:value=role, commas between them; the first that fits. Empty: roles are given here.",
        role_claims,
    )  # fmt: skip
    oidc_local: bool = _setting(False, "Let the OIDC provider be on this machine, and without TLS.", _flag)
    secure_cookies: bool = _setting(False, "Send session cookies over HTTPS only; switch on behind a TLS proxy.", _flag)
    data_licence: str = _setting("https://creativecommons.org/licenses/by/4.0/", "Licence that publications state.")
    data_terms: str = _setting(
        "Harga bersifat indikatif; sebutkan sumbernya bila data ini dipakai.", "Terms that publications state beside the licence, in words."
    )

    peppol_endpoint: str = _setting(
        "",
        "Electronic address of the office in the Peppol network, scheme:ident (0088: and its GLN); empty: no ubl_peppol is published.",
        endpoint,
    )
    peppol_partners: str = _setting(
        "",
        "Electronic addresses of partners in it, name=scheme:ident, several with commas: whom ubl_peppol can be made out to.",
        endpoints,
    )

    def peppol_endpoint_of(self, partner: str) -> str:
        """The electronic address of a partner by its name; empty where none is known."""
        return dict(pair.split("=", 1) for pair in self.peppol_partners.split(", ") if pair).get(partner, "")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """
        Read EXCHANGE_DATABASE_URL and its siblings.

        Raises:
            SettingWrong: a value does not parse, or a variable with the prefix is no setting; the message names it.
        """
        known = {PREFIX + f.name.upper(): f for f in fields(cls)}
        stray = sorted(name for name in env if name.startswith(PREFIX) and name not in known and not name.startswith(PREFIX + "TEST_"))
        if stray:
            raise SettingWrong(f"{', '.join(stray)}: tidak ada setelan dengan nama itu.", mend="Nama yang dikenal ada di docs/settings.md.")
        given: dict[str, Any] = {}
        for name, f in known.items():
            if env.get(name):
                try:
                    given[f.name] = f.metadata["read"](env[name])
                except (ValueError, KeyError) as error:
                    secret = f.metadata["secret"]
                    said = "…" if secret else repr(env[name])
                    raise SettingWrong(f"{name}={said} tidak dapat dibaca.", mend=f.metadata["says"]) from (None if secret else error)
        return cls(**given)

    def url(self) -> str:
        """The database to use: the one given, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'exchange.sqlite3').absolute()}"

    def polls(self) -> int:
        """How many requests of the change feed may wait at once, so that a thread is left for the others."""
        wanted = self.server_threads - 2 if self.feed_polls is None else self.feed_polls
        return max(0, min(wanted, self.server_threads - 1))

    def day(self) -> date:
        """The day that time is reckoned from: the one that is set, else the clock's in Jakarta."""
        return self.today or datetime.now(ZoneInfo("Asia/Jakarta")).date()

    def index(self) -> Path:
        """Where matching keeps its files: what it matches against, and what it read of the demands."""
        return self.data_dir / "index"

    def readings(self) -> Path:
        """Where matching keeps what it read of the demands."""
        return self.index() / "readings"

    def models(self) -> Path:
        """Where this node keeps its learned models, and which is in use."""
        return self.data_dir / "models"

    def with_secret(self) -> Self:
        """The same settings with a secret key: the given one, else the one in the data folder, made where absent."""
        if self.secret_key:
            return self
        return replace(self, secret_key=kept_secret(self.data_dir / "secret_key", lambda: secrets.token_hex(32)))


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """
    The secret in a file for its owner alone; made where it is absent or was left empty by a killed start.

    Of two who start at once the first's secret is kept and both use it: the file is written beside and linked.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and not path.stat().st_size:
        path.unlink()
    if not path.exists():
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(make())
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        Path(beside).unlink()
    return path.read_text(encoding="ascii").strip()
