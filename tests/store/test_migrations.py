"""The migrations and the models say the same."""

from sqlalchemy import inspect

from exchange.store import migrate
from exchange.store.base import Store


def test_a_database_brought_up_by_migrations_equals_the_models(store: Store):
    assert migrate.is_current(store)
    assert migrate.differences(store) == []


def test_migrations_run_down_and_up_again(store: Store):
    migrate.downgrade(store, "base")
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(store)
    assert migrate.differences(store) == []


def test_upgrading_twice_changes_nothing(store: Store):
    migrate.upgrade(store)
    assert migrate.is_current(store)


def test_the_newest_migration_is_the_one_that_the_store_asks_for():
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrate._config()).get_current_head() == migrate.HEAD
