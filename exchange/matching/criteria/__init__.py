"""One criterion a file; the folder is the list of criteria."""
