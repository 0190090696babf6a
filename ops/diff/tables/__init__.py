"""What replaces a resource and what updates it, provider by provider, as data."""
