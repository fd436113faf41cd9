"""事项目录: reading a catalogue, refusing what cannot be right in it, and the text of the law behind an item."""
