"""What people run beside Pulumi, a folder by subject."""
