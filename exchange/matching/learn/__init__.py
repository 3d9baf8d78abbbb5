"""How the numbers in `matching/data` were learned; run by hand, never by the service."""
