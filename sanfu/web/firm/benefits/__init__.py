"""Pages of a firm about its benefits: the card and the consent."""
