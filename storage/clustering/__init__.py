"""Near-duplicate clustering: which articles carry one text.

Similarity is pure; the cluster is assigned in the transaction that writes the article.
"""
