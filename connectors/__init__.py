"""Demand sources, one file each; whatever stands here (but `kit`) is a connector and is found by its file."""
