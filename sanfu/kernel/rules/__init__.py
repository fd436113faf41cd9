"""Policies as code: read controlled Chinese, answer it three ways fast and one way slow, say why."""
