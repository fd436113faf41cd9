"""Pages of those who keep the lists, the accounts and the system."""
