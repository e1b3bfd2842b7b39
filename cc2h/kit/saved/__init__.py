"""Saved views: a list as somebody wants it again, their own or shared. One mechanism for every list (cc2h.kit.lists).

A view is a name for a query of the list's address, so opening it is following a link, and whoever may not see the list
sees nothing of its views. What may be seen: `queries.VISIBLE`; what may be changed: `queries.owned`.
"""
