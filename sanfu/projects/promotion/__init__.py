"""招商: leads with a protected first report, offers checked before they are signed."""
