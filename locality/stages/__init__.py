"""The four stages: the ledger of moves and the triangle's counts."""
