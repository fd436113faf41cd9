"""惠企政策: policies as code, from clause to payout (免申即享、直达快享)."""
