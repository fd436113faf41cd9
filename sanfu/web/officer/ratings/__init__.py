"""好差评 on the desk: summary, bad ratings put right, single ratings for the steward, phone and counter."""
