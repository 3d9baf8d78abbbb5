"""The shapes and values that every part of the exchange shares; imports no sibling, no Flask, no database."""
