"""What people send who are not logged in, or may not send it, is answered before it is read: on a real line, of a body that never ends."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

LARGE = 48 * 2**20
BEGINS = b'--x\r\nContent-Disposition: form-data; name="berkas"; filename="a.xlsx"\r\n\r\n' + b"a" * 2000
HEAD = "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n{more}\r\n"


@pytest.fixture
def spooled(app, monkeypatch):
    """The files whose reading began."""
    began, opens = [], app.request_class._get_file_stream

    def note(self, *its, **named):
        began.append(its)
        return opens(self, *its, **named)

    monkeypatch.setattr(app.request_class, "_get_file_stream", note)
    return began


@pytest.fixture
def begin(address):
    """Sends two kilobytes of a form of 48 MiB, and no more; gives the status of the answer. A server that reads on says nothing."""

    def send(path, **headers):
        told = urlsplit(address)
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = HEAD.format(path=path, host=told.netloc, length=LARGE, more=more)
        with socket.create_connection((told.hostname, told.port), timeout=20) as line:
            line.sendall(head.encode() + BEGINS)
            return int(line.makefile("rb").readline().split()[1])

    return send


def test_a_form_of_whoever_is_not_logged_in_is_answered_before_it_is_read(begin, spooled):
    for path in ("/impor", "/ikm/ikm-x/kunjungan/baru", "/ikm/ikm-x/persetujuan", "/produk/X-1/foto/tambah", "/kecocokan/1/putuskan"):
        assert begin(path) == 303, path
    assert begin("/impor", HX_Request="true") == 204
    assert begin("/api/v1/partner/demands") == 415
    assert begin("/oauth/token") == 415
    assert begin("/halaman-yang-tidak-ada") == 404
    assert spooled == []


def test_whoever_may_only_look_is_refused_before_his_file_is_read(begin, spooled, staff):
    assert begin("/impor", Cookie=f"session={staff('pimpinan').get_cookie('session').value}") == 403
    assert spooled == []


def test_pages_that_anybody_may_send_to_have_bounds_of_their_own(begin, spooled):
    for path in ("/masuk", "/masuk/kode", "/lupa", "/bahasa"):
        assert begin(path) == 413, path
    assert begin("/akun/tautan-yang-tidak-ada") == 404
    assert begin("/unggah/bukan-tautan") == 404
    assert spooled == []
