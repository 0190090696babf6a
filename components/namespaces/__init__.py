"""Namespaces of app teams."""
