"""matrix.xlsx: 年度销售目标分解矩阵."""
