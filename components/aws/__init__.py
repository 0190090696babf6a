"""AWS documents that several subjects write."""
