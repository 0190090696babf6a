"""Values that a stack file writes over ours."""
