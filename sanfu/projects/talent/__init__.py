"""人才: programmes as rules, matched for a declared person, application and answer."""
