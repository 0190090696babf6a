"""A gateway: its NLB, its Deployment, its hosts."""
