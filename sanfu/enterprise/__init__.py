"""服务企业: what the county does for its enterprises."""
