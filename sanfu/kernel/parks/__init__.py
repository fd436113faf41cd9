"""园区: carrying capacity and what fits still, evaluation by a scheme with rank intervals, comparison with case mix."""
