"""The product from the command line; see `saas.py`."""
