"""
The models of this node: those that the exchange ships, those that were learned here, and which one is in use.

What was learned here lies in a folder of the data folder, one JSON file for each version, which is written once and never again:
a stored match names its version, and may be asked years later what that was. A small file `current` names the one in use; where
there is none, it is the shipped one.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from exchange.errors import BadRequest, SettingWrong
from exchange.matching.probability import CURRENT, Model, read_model, shipped, shipped_versions

_CURRENT = "current"
# A match keeps the version and the edition of the word tables in 40 letters.
_LONGEST = 33


class Kept(NamedTuple):
    """A model, and what is told beside its weights: `learned_from` in words, and what else its learner wrote."""

    model: Model
    told: Mapping[str, Any]


class Models:
    """The models in one folder (`Settings.models`), beside the shipped ones; the folder need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self) -> list[str]:
        """The shipped versions, then those of this node in the order of their numbers; some may not be readable."""
        own = [path.stem for path in self.folder.glob("*.json") if path.stem not in shipped_versions()]
        return [*shipped_versions(), *sorted(own, key=_by_number)]

    def read(self, version: str) -> Kept:
        """
        One model.

        Raises:
            BadRequest: there is no such version; the message names those there are.
            SettingWrong: its file cannot be read; the message names file and cause.
        """
        if version in shipped_versions():
            return Kept(shipped(version), {})
        if version not in self.versions():  # asked of the list, so that no name leads out of the folder
            known = ", ".join(self.versions())
            raise BadRequest(f"Model {version!r} tidak ada.", mend=f"Yang ada: {known}.")
        path = self.folder / f"{version}.json"
        try:
            text = path.read_text("utf-8")
            model, told = read_model(text), json.loads(text)
            if model.version != version:
                raise ValueError(f"isinya menyebut versi {model.version!r}")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _broken(path, error) from error
        return Kept(model, {name: value for name, value in told.items() if name not in ("version", "weights", "intercept", "served")})

    def current(self) -> str:
        """
        The version in use.

        Raises:
            SettingWrong: the file that names it cannot be read or names none that there is.
        """
        path = self.folder / _CURRENT
        try:
            version = path.read_text("utf-8").strip()
        except FileNotFoundError:
            return CURRENT
        except (OSError, UnicodeDecodeError) as error:
            raise _broken(path, error) from error
        if version not in self.versions():
            raise _broken(path, ValueError(f"menyebut model {version[:80]!r}, yang tidak ada"))
        return version

    def in_use(self) -> Model:
        """
        The model in use.

        Raises:
            SettingWrong: it cannot be read; no other one takes its place in silence.
        """
        return self.read(self.current()).model

    def use(self, version: str) -> Model:
        """
        Put a model into use; the next matching run matches again what another one matched.

        Raises:
            BadRequest, SettingWrong: as `read`; what was in use stays.
        """
        model = self.read(version).model
        beside = self._beside(f"{version}\n")
        beside.replace(self.folder / _CURRENT)
        return model

    def keep(self, make: Callable[[str], Kept], base: str, taken: Collection[str] = ()) -> Kept:
        """
        Write a new model under the next free name, `kata-2+staf-1` above `kata-2`; nothing that is there is written over.

        Args:
            make: makes the model of the version that it is given.
            base: the version that it was learned from.
            taken: names that stored matches know, whether their files are still there or not.
        """
        number = 1 + max((_by_number(name)[1] for name in {*self.versions(), *taken} if _by_number(name)[0] == base), default=0)
        while True:
            version = f"{base}+staf-{number}"
            if len(version) > _LONGEST:
                raise BadRequest(f"Nama model {version!r} terlalu panjang.", mend="Pakai dahulu model dasar yang namanya lebih pendek.")
            kept = make(version)
            beside = self._beside(json.dumps({**kept.told, **kept.model.record()}, ensure_ascii=False, indent=1) + "\n")
            beside.chmod(0o444)
            try:
                os.link(beside, self.folder / f"{version}.json")
            except FileExistsError:  # another one was learned meanwhile
                number += 1
            else:
                return kept
            finally:
                with suppress(OSError):
                    beside.unlink()

    def _beside(self, text: str) -> Path:
        """A text in a file of its own, whole on the disk."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".model-")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        return Path(name)


def _by_number(version: str) -> tuple[str, int]:
    """What a version was learned from, and its number; 0 for one that was not learned here."""
    base, mark, number = version.rpartition("+staf-")
    return (base, int(number)) if mark and number.isascii() and number.isdigit() else (version, 0)


def _broken(path: Path, error: Exception) -> SettingWrong:
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
    elif isinstance(error, UnicodeDecodeError | json.JSONDecodeError):
        why = "bukan JSON" if path.suffix else "bukan teks UTF-8"
    else:
        why = f"tidak ada {error}" if isinstance(error, KeyError) else str(error)
    return SettingWrong(
        f"{path}: berkas model tidak dapat dibaca ({why}).",
        mend="Kembalikan berkas itu dari cadangan, atau pakai model lain: exchange evaluate models --use " + CURRENT,
    )
