"""The eks provider: pulumi-eks as a component."""
