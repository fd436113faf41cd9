"""招商线索: a protected first report, overlap, transfer with shared credit, offers compared, the funnel to the aim."""
