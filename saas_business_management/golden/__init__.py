"""The work inside a golden database, phase by phase, as `odoo saas golden PHASE` runs it in a process of its own.

Owns: what is installed, set and pre-built there. Does not own: the database itself, its owner, its seal (`jobs/`).
The addon is not installed in that database, and its models are not loaded beside it.
"""
