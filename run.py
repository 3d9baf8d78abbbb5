#!/usr/bin/env python3
"""
One command on a fresh machine: makes the environment, installs what is locked, then does the word that follows.

  python3 run.py                     set up, load the sample, pull, match, serve at http://127.0.0.1:8000
  python3 run.py --no-serve          the same, stopping after the summary
  python3 run.py check               every check and every test
  python3 run.py bench [NAME]        a benchmark, JSON on standard output
  python3 run.py exchange WORDS...   any command of the exchange

Needs Python 3.11 or newer and nothing else. All talk of the set-up goes to standard error.
"""

# Written so that an old Python can still read it and say what is wrong.
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
WANTED = (3, 11)
BENCHES = ROOT / "bench"


def say(text):
    """One line of set-up talk, on standard error."""
    print(text, file=sys.stderr, flush=True)


def need_python():
    """Leave with one sentence when this Python cannot do it."""
    if sys.version_info < WANTED:
        found = "%d.%d" % sys.version_info[:2]  # noqa: UP031 - readable by old Pythons
        say("Perlu Python 3.11 atau lebih baru, yang ini " + found + ". Jalankan: sudo apt install python3.11 python3.11-venv"
            " && python3.11 run.py")  # fmt: skip
        sys.exit(2)
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = "python%d.%d-venv" % sys.version_info[:2]  # noqa: UP031
        say("Python ini tidak dapat membuat lingkungan. Jalankan: sudo apt install " + package + " lalu ulangi: python3 run.py")
        sys.exit(2)


def fingerprint(lock):
    """What the environment must have been made from to be used as it is."""
    digest = hashlib.sha256()
    for name in (lock, "setup.cfg", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(repr((sys.version_info[:3], str(ROOT))).encode())
    return digest.hexdigest()


def install(arguments, what):
    """Run pip in the environment; its talk goes to standard error, its failure ends the set-up."""
    say(what)
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", *arguments]
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode:
        say("Pemasangan gagal. Periksa sambungan internet, lalu ulangi perintah yang sama: pekerjaan dilanjutkan.")
        sys.exit(1)


def set_up(dev):
    """Bring the environment to the lock; a matching one is left alone. `dev` adds what checks and benchmarks need."""
    need_python()
    stamps = [(VENV / ".stamp-dev", "requirements-dev.lock"), (VENV / ".stamp-run", "requirements.lock")]
    for stamp, lock in stamps[:1] if dev else stamps:
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(lock):
            return
    stamp, lock = stamps[0 if dev else 1]
    started = time.monotonic()
    if not PYTHON.exists():
        say("Membuat lingkungan di .venv ...")
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdout=sys.stderr, check=True)
    install(["--require-hashes", "-r", lock], "Memasang paket dari " + lock + " ...")
    install(["--no-deps", "--no-build-isolation", "-e", "."], "Memasang exchange ...")
    stamp.write_text(fingerprint(lock))
    say("Siap dalam %.0f detik." % (time.monotonic() - started))


def hand_over(command):
    """Become the command: signals, exit code and terminal are its own."""
    # the demo keeps to a folder of its own: its made-up firms have no place in a region's publication
    os.environ.setdefault("EXCHANGE_DATA_DIR", str(ROOT / "data" / "demo" if "demo" in command else ROOT / "data"))
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    sys.stdout.flush()
    os.execv(command[0], command)


def side_by_side(arguments):
    """
    The suite's files go to as many processes as there are cores, unless the caller says how (`-n 0`: in this one).

    They go by their names: by their number of tests, the few that take minutes each would come last, and cores would wait for one.
    """
    cores = min(os.cpu_count() or 1, 4)
    if cores == 1 or any(word.startswith("-n") for word in arguments):
        return []
    return ["-n", str(cores), "--dist", "loadfile", "--no-loadscope-reorder"]


def check(arguments):
    """Every check and every test; exit 0 only when all pass."""
    python = str(PYTHON)
    steps = [
        ("ruff", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("imports", [str(BIN / "lint-imports"), "--no-cache"]),
        ("openapi", [python, "-m", "exchange.cli", "openapi", "--check"]),
        ("tests", [python, "-m", "pytest", *side_by_side(arguments), *arguments]),
    ]
    # tests start some hundred processes, each of which would compile all modules anew where nothing may be kept
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    failed = []
    for name, command in steps:
        started = time.monotonic()
        print("== " + name, flush=True)
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        print("== %s: %s (%.1f s)" % (name, "lulus" if code == 0 else "GAGAL", time.monotonic() - started), flush=True)  # noqa: UP031
        if code:
            failed.append(name)
    if failed:
        say("Gagal: " + ", ".join(failed))
    sys.exit(1 if failed else 0)


def bench(arguments):
    """One benchmark by name, or the list of them."""
    names = sorted(path.stem for path in BENCHES.glob("[!_]*.py"))
    if not arguments or arguments[0] not in names:
        say("Pilih salah satu: python3 run.py bench " + " | ".join(names))
        sys.exit(2)
    hand_over([str(PYTHON), str(BENCHES / (arguments[0] + ".py")), *arguments[1:]])


def main(words):
    """Read the first word and do it."""
    first = words[0] if words else ""
    if first in ("-h", "--help", "help"):
        print(__doc__)
        return
    if first not in ("", "--no-serve", "check", "bench", "exchange"):
        say("Tidak dikenal: " + first + ". Lihat: python3 run.py --help")
        sys.exit(2)
    set_up(dev=first in ("check", "bench"))
    if first == "check":
        check(words[1:])
    elif first == "bench":
        bench(words[1:])
    elif first == "exchange":
        hand_over([str(PYTHON), "-m", "exchange.cli", *words[1:]])
    else:
        hand_over([str(PYTHON), "-m", "exchange.cli", "demo", *words])


if __name__ == "__main__":
    main(sys.argv[1:])
