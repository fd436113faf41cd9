"""三服: serve enterprises, serve projects, serve parks and the grassroots."""
