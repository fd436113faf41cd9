"""The `sanfu` command: what an administrator scripts without a browser."""
