"""评价: indicators over the event log; reads, never steers a case."""
