"""The written contract of the API: finishing, comparing and linting of the document."""
