"""Reports for leaders: the weekly report and the monthly bulletin."""
