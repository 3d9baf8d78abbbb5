"""The scenarios, by subject; a file more here is found by itself."""
