"""A machine inside this one, made of Linux namespaces: ``python -m local.machine -- COMMAND``."""
