"""The work inside a golden database, phase by phase: `odoo saas golden PHASE`, a process each.

Owns: what is installed, set and pre-built there. Does not own: the database itself, its owner and
seal (`jobs/`). The addon is not installed there, and its models are not loaded beside it.
"""
