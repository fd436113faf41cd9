"""项目库: projects from the first lead to the re-check, with their dates, money, blockers and promises."""
