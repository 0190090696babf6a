"""The aws provider on moto, and what moto lacks."""
