"""What prints ratios; nothing here passes or fails."""
