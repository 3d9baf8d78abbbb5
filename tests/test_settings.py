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
