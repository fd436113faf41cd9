"""好差评: one matter one rating, asked by a signed link; bad ones are verified and put right; units never see who rated."""
