"""The service of one region's trade office: publishes a catalogue, pulls demand, matches the two."""
