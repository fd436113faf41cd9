"""资本: the matrix of funds (基金矩阵) and the way to a listing (上市跃升)."""
