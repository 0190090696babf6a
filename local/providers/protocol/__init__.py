"""The engine's gRPC protocol, and what a stand-in provider is."""
