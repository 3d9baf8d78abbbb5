"""How Indonesian offices write, and how it is read: one subject a file, no reader raises on dirty text."""
