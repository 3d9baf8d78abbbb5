"""Demand: from a checked listing to the row that the exchange keeps; one path for pulled and for posted demand."""
