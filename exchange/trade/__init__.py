"""Trade: from a match to an offer, an answer, an order and what was delivered, and the sums of it."""
