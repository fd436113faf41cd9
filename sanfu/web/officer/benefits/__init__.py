"""Desk pages of benefits: policies, simulation, batches, enterprises."""
