"""Funds and boards (基金与上市) for firms: what fits, how far it is, certificates asked for once."""
