"""Stand-ins for the resource providers, over the engine's own gRPC protocol."""
