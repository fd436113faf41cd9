"""评价 on the public portal: the page behind a signed link."""
