"""One source, one run, one ledger row: what came is kept, then read; what is missing is held or let go."""
