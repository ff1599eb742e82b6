"""Hours of work and misfortune in minutes: `python -m tests.soak MINUTES TENANTS`."""
