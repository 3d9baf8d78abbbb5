"""What staff do about a firm on its page: consent, corrections, visits; each tells partners in the same transaction."""
