"""Pages of 企业诉求 for officers."""
