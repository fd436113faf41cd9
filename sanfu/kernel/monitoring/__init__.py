"""Early warning over monthly series of enterprises (动态监测): clean, compare with peers, score, list, explain.

Bottom up: `panel` holds the numbers, `cleaning` takes out what is a mistake of units, `adjusting` compares a firm
with its industry and with itself, `features` and `weights` make one score of it, `listing` turns scores into the
few firms that officers can visit, `evaluation` measures that, `worlds` makes invented counties (演示).
"""
