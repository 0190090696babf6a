"""Changes by the rule that finds them, and changes that the same rule has to let pass."""
