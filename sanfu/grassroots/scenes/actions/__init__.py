"""Every write of joint applications, one module per hand that writes.

Each action takes `by=` and `at=`, runs in one transaction and ends in an event of its case; `expected` is the
version that the person saw.
"""
