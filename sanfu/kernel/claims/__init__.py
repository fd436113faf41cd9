"""核数: numbers of briefings read by grammar, judged by exact fractions, never by a model alone. Pure."""
