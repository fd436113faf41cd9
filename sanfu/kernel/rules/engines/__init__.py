"""Four engines that must agree: naive, one enterprise, the whole population, SQL text."""
