"""Reports for the office, and the papers of a cooperation: what is read out of records, and written for people."""
