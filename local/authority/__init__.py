"""The certificate authority of a mesh that runs: changed, asked to sign, and looked at in every proxy."""
