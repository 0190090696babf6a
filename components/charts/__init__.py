"""What every Helm release shares."""
