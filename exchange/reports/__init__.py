"""Reports for the office: what is read out of demands, matches, visits and catalogues, and written for people."""
