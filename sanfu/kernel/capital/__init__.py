"""资本: listing standards of the exchanges and terms of funds, checked against what is known of a firm."""
