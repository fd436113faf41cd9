"""Pages of lists for editors and approvers: import, compare, check, approve, publish (清单管理)."""
