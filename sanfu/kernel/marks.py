"""How sure we are of a source (标记): one word for every list, rule and guide."""

from sanfu.kernel.flow import Labelled


class Mark(Labelled):
    """Confidence in a source: opened and read, read in part, from memory and still to be checked, demo, our own design."""

    READ = "已核", "已核", "ok"
    EXCERPT = "节选", "节选", "info"
    UNCHECKED = "待核", "待核", "warn"
    DEMO = "演示", "演示", "warn"
    DESIGN = "设计", "设计"

    @classmethod
    def tone_of(cls, word: str) -> str:
        """Tone of a mark as content writes it; a word that is no mark is muted."""
        found = cls.of(word)
        return found.tone if found else "muted"
