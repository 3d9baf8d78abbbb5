"""Agreements between governments: the rule table, what it asks of a step, and the one way to take one."""
