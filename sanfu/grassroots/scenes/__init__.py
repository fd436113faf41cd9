"""高效办成一件事: joint applications that are running, from guided questions to the last certificate."""
