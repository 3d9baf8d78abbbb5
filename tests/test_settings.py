"""Settings come from the environment, and what is wrong there is named."""

import stat

import pytest

from exchange.errors import SettingWrong
from exchange.settings import Settings


def test_a_value_that_cannot_be_read_names_its_variable():
    with pytest.raises(SettingWrong, match="EXCHANGE_PORT='80a'"):
        Settings.from_env({"EXCHANGE_PORT": "80a"})


def test_a_variable_that_is_no_setting_is_named_instead_of_ignored():
    with pytest.raises(SettingWrong, match="EXCHANGE_DATABSE_URL"):
        Settings.from_env({"EXCHANGE_DATABSE_URL": "sqlite://"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXCHANGE_HEARTBEAT_URL", "ftp://denyut.example/rahasia"),
        ("EXCHANGE_HEARTBEAT_URL", "https://orang:rahasia@denyut.example/"),
        ("EXCHANGE_HEARTBEAT_URL", "denyut.example/rahasia"),
        ("EXCHANGE_SMTP_URL", "https://orang:rahasia@surat.example"),
        ("EXCHANGE_SMTP_URL", "smtp://orang:rahasia@surat.example:0"),
        ("EXCHANGE_HEARTBEAT_URL", "https://denyut.example:99999/rahasia"),
    ],
)
def test_a_secret_that_cannot_be_read_is_named_and_not_repeated(name, value):
    with pytest.raises(SettingWrong) as wrong:
        Settings.from_env({name: value})
    assert name in wrong.value.message
    assert "rahasia" not in wrong.value.message + str(wrong.value.mend) + repr(wrong.value.__cause__)


def test_secrets_are_not_part_of_how_settings_look():
    its = {"EXCHANGE_HEARTBEAT_URL": "https://a.id/rahasia", "EXCHANGE_METRICS_TOKEN": "rahasia", "EXCHANGE_SECRET_KEY": "rahasia"}
    its |= {"EXCHANGE_SMTP_URL": "smtp://a:rahasia@b.id", "EXCHANGE_DATABASE_URL": "postgresql://a:rahasia@b/c"}
    assert "rahasia" not in repr(Settings.from_env(its))


@pytest.mark.parametrize("value", ["orang", "a@b.id\nBcc: c@d.id", "Orang <a@b.id>", "a@b.id;c@d.id"])
def test_what_is_no_list_of_mailboxes_is_named(value):
    with pytest.raises(SettingWrong, match="EXCHANGE_MAIL_TO"):
        Settings.from_env({"EXCHANGE_MAIL_TO": value})


def test_mailboxes_and_the_base_of_links_are_tidied():
    its = Settings.from_env({"EXCHANGE_MAIL_TO": " a@b.id,c@d.go.id ,", "EXCHANGE_BASE_URL": "https://bursa.contoh.go.id/"})
    assert (its.mail_to, its.base_url) == ("a@b.id, c@d.go.id", "https://bursa.contoh.go.id")


def test_addresses_of_partners_are_found_by_their_names():
    its = Settings.from_env({"EXCHANGE_PEPPOL_PARTNERS": " kota-a=0088:4006381333931,kota-b = 0195:X=1 ,"})
    assert [its.peppol_endpoint_of(name) for name in ("kota-a", "kota-b", "kota-c", "")] == ["0088:4006381333931", "0195:X=1", "", ""]
    assert Settings().peppol_endpoint_of("kota-a") == ""


@pytest.mark.parametrize("value", ["0088:4006381333931", "kota-a=0088:4006381333932", "kota-a", "=0195:X", "kota-a=0195:X,kota-a=0195:Y"])
def test_what_is_no_list_of_partners_addresses_is_named(value):
    with pytest.raises(SettingWrong, match="EXCHANGE_PEPPOL_PARTNERS"):
        Settings.from_env({"EXCHANGE_PEPPOL_PARTNERS": value})


def test_variables_of_others_and_empty_ones_are_let_be():
    assert Settings.from_env({"HOME": "/x", "EXCHANGE_PORT": ""}) == Settings()


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path):
    first = Settings(data_dir=tmp_path / "d").with_secret()
    assert len(first.secret_key) == 64
    assert Settings(data_dir=tmp_path / "d").with_secret().secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "d" / "secret_key").stat().st_mode) == 0o600


def test_the_database_is_in_the_data_folder_unless_one_is_named(tmp_path):
    assert Settings(data_dir=tmp_path).url() == f"sqlite:///{tmp_path / 'exchange.sqlite3'}"
    assert Settings(database_url="postgresql://h/d").url() == "postgresql://h/d"
