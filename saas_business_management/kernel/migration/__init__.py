"""Changing the place or the version of tenants, copying them, taking them in; and when."""
