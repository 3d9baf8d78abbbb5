"""Price lists that are negotiated under an agreement: their lines, on what a version rests, sheets that bring them."""
