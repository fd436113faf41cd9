"""履职 on the desk: lists, pre-check, tasks, rulings, admission, burden, evaluation, posts."""
