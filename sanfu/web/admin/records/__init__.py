"""留痕校验: the hash chains of the county, verified and summed up in one digest."""
