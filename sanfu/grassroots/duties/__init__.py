"""履职: duty lists in use — pre-check, objections, rulings, admission, burden."""
