"""Rows and the questions asked of them; knows no tier and no door."""
