"""园区: profile, carrying capacity and what fits still, evaluation by a scheme, comparison by industry."""
