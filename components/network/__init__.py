"""The VPC, or an existing one."""
