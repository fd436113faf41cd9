"""用地: parcels, low-efficiency screening and redevelopment options (room)."""
