"""The stack on this machine: stand-ins for the engine, and the tools that they are proven with."""
