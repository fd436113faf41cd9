"""匹配: facts or text + a version + a day → what applies, why, what is still unknown."""
