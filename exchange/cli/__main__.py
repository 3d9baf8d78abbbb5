"""`python -m exchange.cli`."""

from exchange.cli import run

if __name__ == "__main__":
    run()
