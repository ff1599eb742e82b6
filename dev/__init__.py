"""Gets and starts the real parts of the project: Odoo, PostgreSQL, a mail catcher.

Owns: everything under `.dev/` and the download cache. Does not own: the addon.
Standard library only, so that a fresh machine can run it before anything is installed.
"""
