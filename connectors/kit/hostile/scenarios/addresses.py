"""Where a source wants one to go: redirects, names and links that lead elsewhere. No packet leaves: recorders resolve and connect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.kit.errors import SettingsError
from connectors.kit.hostile.base import Check, NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends, incomplete, reached_only, same, unresolved
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.server import Reply

METADATA = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
PUBLIC = "93.184.215.14"
HOST = "sumber-karangan.example"


def _redirected(ordinary: Ordinary, *places: str, status: int = 302) -> Iterator[Play]:
    """The first answer and the last one redirect to each place; nobody goes there."""
    for place in places:
        for page, answer in ordinary.both(lambda _: Reply(b"", status=status, headers={"Location": place})):
            checks: tuple[Check, ...] = (ends("redirect_elsewhere"),) if page.number == 0 else (incomplete,)
            label = f"{place[:40]}, halaman {page.number + 1}"
            yield ordinary.play(answer, *checks, unresolved, reached_only(), label=ascii(label), twice=False)


def _named(ordinary: Ordinary, *times: tuple[str, ...], lead: bool = False, local: bool = False, host: str = HOST) -> Play:
    """The source under a host name that resolves so, each time it is asked."""
    base = f"http://{host}:{ordinary.stage.port}"
    try:
        ordinary.kind(ordinary.sample.settings_at(base))
    except SettingsError:  # one that sends a secret over TLS alone
        base = base.replace("http://", "https://")
    if not any(value.startswith(base) for value in ordinary.sample.settings_at(base).values()):
        raise NotApplicable("Pengaturannya tidak memuat alamat server.")
    return ordinary.play(ordinary.at_base(base), base=base, names={host: times}, lead=lead, local=local)


def _blocked(ordinary: Ordinary, *addresses: str, local: bool = False) -> Iterator[Play]:
    """A name that leads to each of these addresses: no connection is opened to any."""
    for address in addresses:
        play = _named(ordinary, (address,), local=local)
        yield replace(play, checks=(ends("blocked_address"), reached_only()), label=address, twice=False)


@scenario("Dialihkan ke layanan metadata", once=True)
def redirect_to_metadata(ordinary: Ordinary) -> Iterator[Play]:
    """A redirect to the address where clouds keep their keys, by every status that redirects: not followed, not even looked up."""
    for status in (301, 302, 303, 307, 308):
        yield from _redirected(ordinary, METADATA, status=status)
    yield from _redirected(ordinary, "http://[fd00:ec2::254]/latest/meta-data/", "http://metadata.google.internal/computeMetadata/v1/")


@scenario("Dialihkan ke jaringan dalam", once=True)
def redirect_inside(ordinary: Ordinary) -> Iterator[Play]:
    """A redirect to loopback at another port, to private and link-local addresses: not followed."""
    yield from _redirected(
        ordinary, "http://127.0.0.1:9/", "http://10.0.0.5/", "http://192.168.1.1/admin", "http://[::1]:22/", "//172.16.0.9/x"
    )


@scenario("Dialihkan ke alamat yang disamarkan", once=True)
def redirect_in_disguise(ordinary: Ordinary) -> Iterator[Play]:
    """The same by a decimal, octal, hexadecimal or shortened number, a mapped or wrapped one, user info, a backslash: not followed."""
    yield from _redirected(
        ordinary, "http://2852039166/", "http://0251.0376.0251.0376/", "http://0xa9fea9fe/", "http://169.254.43518/", "http://127.1:8080/",
        "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/", f"http://127.0.0.1:{ordinary.stage.port}@169.254.169.254/",
        f"http://127.0.0.1:{ordinary.stage.port}\\@169.254.169.254/", "http://169.254.169.254#@127.0.0.1/",
    )  # fmt: skip


@scenario("Dialihkan ke skema lain", once=True)
def redirect_to_another_scheme(ordinary: Ordinary) -> Iterator[Play]:
    """A redirect to a file, to other protocols, to data in the address itself: not followed."""
    yield from _redirected(
        ordinary, "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:25/x", "data:application/json,[]", "javascript:1"
    )


@scenario("Dialihkan ke host lain yang ramah", once=True)
def redirect_to_another_host(ordinary: Ordinary) -> Iterator[Play]:
    """A redirect to a public host, another port or the other scheme of the same host: nobody approved it."""
    port = ordinary.stage.port
    yield from _redirected(
        ordinary, "https://sumber.example/umpan", f"http://127.0.0.1:{port ^ 1}/", f"https://127.0.0.1:{port}/", "http://127.0.0.2/"
    )


@scenario("Dialihkan di host yang sama", once=True)
def redirect_at_home(ordinary: Ordinary) -> Iterator[Play]:
    """Each address has moved on the same host, absolutely and relatively: followed, the same demands."""
    moved = {f"/pindah/{page.number}": page.reply for page in ordinary.pages}
    for base in (ordinary.stage.base, ""):
        answer = ordinary.each(lambda page: Reply(b"", 307, {"Location": f"{base}/pindah/{page.number}"}))
        yield ordinary.play(lambda asked: moved.get(asked.target) or answer(asked), same)


@scenario("Pengalihan yang berputar", once=True)
def redirect_loop(ordinary: Ordinary) -> Iterator[Play]:
    """An address that leads to itself, and two that lead to each other: left after a few steps."""
    target = ordinary.pages[0].target
    yield ordinary.play(ordinary.first(Reply(b"", 302, {"Location": target})), ends("redirect_elsewhere"))
    to_and_fro = {target: Reply(b"", 302, {"Location": "/lain"}), "/lain": Reply(b"", 302, {"Location": target})}
    yield ordinary.play(lambda asked: to_and_fro.get(asked.target, ordinary.pages[0].reply), ends("redirect_elsewhere"))


@scenario("Pengalihan tanpa tujuan", once=True)
def redirect_to_nowhere(ordinary: Ordinary) -> Iterator[Play]:
    """A redirect without a place, with an empty one, with one that cannot be read: no list."""
    yield ordinary.play(ordinary.first(Reply(b"", 302)), incomplete)
    for place in ("", "http://[", "\x00", "http://%zz/", "   "):
        yield ordinary.play(ordinary.first(Reply(b"", 302, {"Location": place})), incomplete, label=ascii(place), twice=False)


@scenario("Nama host menuju loopback atau jaringan dalam", once=True)
def name_leads_inside(ordinary: Ordinary) -> Iterator[Play]:
    """A public name that resolves to loopback, private, unspecified addresses: no connection is opened, without `--local`."""
    yield from _blocked(ordinary, "127.0.0.1", "10.1.2.3", "172.31.255.1", "192.168.0.10", "0.0.0.0", "::1", "::", "fd12::1")  # noqa: S104


@scenario("Nama host menuju layanan metadata", once=True)
def name_leads_to_metadata(ordinary: Ordinary) -> Iterator[Play]:
    """A name that resolves to link-local addresses, for a source that was added with `--local` too."""
    yield from _blocked(ordinary, "169.254.169.254", "fe80::1", "fd00:ec2::254")
    yield from _blocked(ordinary, "169.254.169.254", local=True)


@scenario("Nama host menuju alamat terbungkus", once=True)
def name_leads_to_a_wrapped_address(ordinary: Ordinary) -> Iterator[Play]:
    """IPv6 addresses that wrap a closed IPv4 one (mapped, 6to4, NAT64, compatible): judged by what they wrap."""
    yield from _blocked(ordinary, "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "2002:a9fe:a9fe::1", "64:ff9b::10.0.0.1", "::10.0.0.1")


@scenario("Nama host menuju alamat yang dicadangkan", once=True)
def name_leads_to_a_reserved_address(ordinary: Ordinary) -> Iterator[Play]:
    """CGNAT, multicast, benchmark, documentation and reserved blocks: no connection."""
    yield from _blocked(
        ordinary, "100.64.0.1", "224.0.0.1", "198.18.0.1", "203.0.113.7", "240.0.0.1", "255.255.255.255", "ff02::1", "2001:db8::1"
    )


@scenario("Nama host dengan alamat terbuka dan tertutup", once=True)
def name_with_one_closed_address(ordinary: Ordinary) -> Iterator[Play]:
    """A name with a public and a private address: one closed address closes the name, whichever comes first."""
    for addresses in ((PUBLIC, "10.0.0.1"), ("169.254.169.254", PUBLIC)):
        yield replace(_named(ordinary, addresses), checks=(ends("blocked_address"), reached_only()), label=" ".join(addresses))


@scenario("DNS berganti antara pemeriksaan dan sambungan", once=True)
def name_changes_after_the_check(ordinary: Ordinary) -> Iterator[Play]:
    """The name answers a public address when it is checked and the metadata service ever after: only what was checked is connected to."""
    play = _named(ordinary, (PUBLIC,), ("169.254.169.254",), lead=True)
    yield replace(play, checks=(reached_only(PUBLIC), _connected), twice=False)
    turned = _named(ordinary, ("169.254.169.254",), (PUBLIC,), lead=True)
    yield replace(turned, checks=(reached_only(PUBLIC),), twice=False, label="terbalik")


@scenario("Nama host yang tidak dikenal", once=True)
def name_unknown(ordinary: Ordinary) -> Iterator[Play]:
    """A name that resolves to nothing: `unknown_host`, and no connection."""
    yield replace(_named(ordinary), checks=(ends("unknown_host"), reached_only()))


@scenario("Proksi dalam lingkungan", once=True)
def proxy_in_the_environment(ordinary: Ordinary) -> Iterator[Play]:
    """HTTP_PROXY and its siblings name another machine: the source is asked directly, the same demands."""
    with _environment(HTTP_PROXY="http://10.0.0.1:3128", ALL_PROXY="socks5://10.0.0.1:1080", NO_PROXY=""):
        yield ordinary.play(ordinary.answering({}), same, reached_only())


@scenario("Kredensial tidak ikut ke tempat lain", once=True)
def credentials_stay(ordinary: Ordinary) -> Iterator[Play]:
    """Only the approved place is asked: what is sent with a request goes nowhere else, on a redirect neither."""
    answer = ordinary.first(Reply(b"", 302, {"Location": f"http://localhost:{ordinary.stage.port}/pungut"}))
    yield ordinary.play(answer, ends("redirect_elsewhere"), _asked_at_home, unresolved)


def _connected(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return None if outcome.connected else f"Alamat yang diperiksa tidak disambung: {outcome.in_words()}."


def _asked_at_home(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return "Pertanyaan sampai ke host lain." if any(each.target == "/pungut" for each in outcome.wire) else None


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    names = [*values, *(name.lower() for name in values)]
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: values[name.upper()] for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
