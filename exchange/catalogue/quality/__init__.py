"""How much of what a buyer or a portal needs a record says: one table of criteria for products, one for firms, and what to mend first."""
