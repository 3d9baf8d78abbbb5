"""Agreements that two nodes hold: what is shared, how it is told, and what is done where both sides differ."""
