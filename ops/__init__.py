"""What people run beside Pulumi: preview, graph, settings reference, pre-flight checks."""
