"""招商协议体检: a draft agreement split into clauses, each held against the fair-competition lints."""
