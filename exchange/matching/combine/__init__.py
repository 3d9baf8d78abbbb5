"""Two to five firms that together make what none of them makes alone; `choose.combine` is the way in."""
