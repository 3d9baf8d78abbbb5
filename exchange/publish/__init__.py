"""Publications of the catalogue: one file a format, built once per state of the catalogue and sent from a file."""
