"""The gateway of a runtime node: everything between the socket and a tenant's database.

Nothing here runs unless `saas_node` is configured; `install.py` is where it begins.
"""
