"""组织和账号: who works here, in which unit, with which roles."""
