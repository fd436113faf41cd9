"""产学研: needs of firms and offers of teams, platforms and equipment, matched by words within hard constraints."""
