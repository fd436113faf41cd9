"""产学研: needs of firms, offers of teams and platforms, and what became of a contact."""
