"""Clustering: which articles carry one text. Likeness is pure; the decision is taken in the transaction that writes the article."""
