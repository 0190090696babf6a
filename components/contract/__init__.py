"""The outputs that app teams build on."""
