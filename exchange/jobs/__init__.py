"""Work that runs by itself: the nightly run."""
