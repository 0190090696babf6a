"""One service in the mesh, on the contract of the platform's stack."""
