"""The stack as a whole: reading its settings, every rule, warnings, the destroy guard."""
