"""编译: from a catalogue, a bundle and answers to one guide, with its reasons and its what-ifs."""
