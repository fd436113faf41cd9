"""工期预测: finish dates at P50 and P90 from finished projects, conditioned on a project's own pace."""
