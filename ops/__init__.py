"""Commands to run beside Pulumi, one folder per subject."""
