"""
The command line. Every report also with `--json` on standard output; all other talk on standard error.

Exit codes: 0 done, 1 some refused or failed, 2 misuse.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, NoReturn

import click

from exchange import log
from exchange.cli.context import Work
from exchange.cli.lazy import LazyGroup
from exchange.errors import BadRequest, DatabaseTrouble, ExchangeError, NotFound, SettingWrong
from exchange.settings import Settings

# name → where it is written; loaded only when called, so that `exchange --help` is quick
COMMANDS = {
    "init": "setup:init",
    "demo": "demo:demo",
    "serve": "serve:serve",
    "worker": "worker:worker_command",
    "simulate": "demo:simulate",
    "nightly": "sync:nightly_command",
    "sync": "sync:sync_command",
    "match": "match:match_command",
    "report": "report:report",
    "boundaries": "boundaries:boundaries",
    "evaluate": "evaluate:evaluate",
    "certify": "certify:certify_command",
    "verify": "verify:verify_command",
    "doctor": "doctor:doctor",
    "openapi": "openapi:openapi_command",
    "catalogue": "catalogue:catalogue",
    "source": "source:source",
    "quarantine": "quarantine:quarantine",
    "agreement": "agreement:agreement",
    "partner": "partner:partner",
    "trade": "trade:trade",
    "key": "key:key",
    "log": "exchange_log:log",
    "webhook": "webhook:webhook",
    "user": "user_care:user",
}


# what runs without anybody watching tells its log everything; what a night did is in the ledger, and cron mails what is printed
UNATTENDED = frozenset({"serve", "worker"})


class Exchange(LazyGroup):
    """All commands, and what becomes of an error of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours becomes one line that says what to do next."""
        try:
            return super().invoke(ctx)
        except ExchangeError as error:
            _leave(ctx, error)
        except OSError as error:
            what = f"{error.filename}: " if error.filename else ""
            _leave(ctx, SettingWrong(f"{what}{error.strerror or type(error).__name__}.", mend="Periksa EXCHANGE_DATA_DIR dan izinnya."))
        except Exception as error:
            trouble = of_database(error)
            if trouble is None:
                raise
            _leave(ctx, trouble)


def _leave(ctx: click.Context, error: ExchangeError) -> NoReturn:
    """One line that says what happened and what to do next, and the exit code: 2 where the caller asked wrongly."""
    click.echo(error.message + (f" {error.mend}" if error.mend else ""), err=True)
    ctx.exit(2 if isinstance(error, BadRequest | NotFound | SettingWrong) else 1)


def of_database(error: Exception) -> ExchangeError | None:
    """An error of the database library in words of ours; None for every other."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

    if isinstance(error, ArgumentError | NoSuchModuleError | ImportError):
        return SettingWrong("EXCHANGE_DATABASE_URL tidak dapat dibaca.", mend="Contoh: postgresql://pengguna@host/nama, atau kosongkan.")
    if isinstance(error, DBAPIError):
        return DatabaseTrouble.of(error)
    return DatabaseTrouble(f"Basis data gagal ({type(error).__name__}).") if isinstance(error, SQLAlchemyError) else None


@click.group(cls=Exchange, written=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Simpul pertukaran dagang antar daerah: katalog IKM, permintaan daerah lain, dan kecocokannya."""
    log.configure(logging.INFO if ctx.invoked_subcommand in UNATTENDED else logging.WARNING)
    work = Work(Settings.from_env(os.environ))
    ctx.obj = work
    ctx.call_on_close(work.close)


def run() -> None:
    """The console script; wrong settings too are one line, not a traceback."""
    try:
        main(prog_name="exchange")
    except ExchangeError as error:
        click.echo(error.message + (f" {error.mend}" if error.mend else ""), err=True)
        sys.exit(2)
