"""诉求工单: intake, dispatch by the responsibility list, handling, call-back (接诉即办)."""
