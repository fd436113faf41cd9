"""履职 on the public portal: the lists in force."""
