"""The main job on a fresh machine: sample catalogue, simulated partners, matches."""
