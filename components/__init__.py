"""The product: one folder per subject. Six components carry a stack; see each folder's ``component.py``."""
