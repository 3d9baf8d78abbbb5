"""Charts and maps drawn by the service as SVG; pure: figures and words in, text out."""
