"""Who sees what: the field policy, the tiers, accounts. The one place that decides it."""
