"""Going in and sending forms, as tests of accounts need it."""

from __future__ import annotations

from exchange.store.users import user_by_name

PASSWORD = "kata-sandi-uji-coba"
NEW = "kata-sandi-yang-baru"


def number(world, name):
    with world.read() as session:
        return user_by_name(session, name).id


def send(client, csrf, path, page=None, **form):
    return client.post(path, data={"csrf_token": csrf(client.get(page or path)), **form})


def enter(client, csrf, name, password=PASSWORD):
    return send(client, csrf, "/masuk", name=name, password=password)
