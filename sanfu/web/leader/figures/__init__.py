"""评价 pages: figures by unit and month, their formulas, the rows behind them, and the wall."""
