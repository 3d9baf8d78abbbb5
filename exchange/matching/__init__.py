"""Demand against products: words, index, criteria, explained matches."""
