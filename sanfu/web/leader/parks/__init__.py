"""Leaders' page of parks."""
