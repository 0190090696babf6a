"""The tls provider: keys and certificates."""
